"""Asks the exported model for clips that it has never seen, and lets the judge read them.

The judge is the one that `export_judge.py` wrote to the same folder.
`eval.json` keeps groups of cases (prompt, seed, labels, what was read) with
the settings that differ from the model's own and the figures; `pictures/` the
first frames of the image-to-video cases.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from captions import caption
from judge import Judge, look
from sample import Pipeline
from text import NULL_PROMPTS
from words import COLOURS, SLOTS
from world import SIZES, TEST, film

TEXTS, PICTURES = 240, 40  # cases; every other text case is a shape
MOVING = ("left", "right", "up", "down", "bounce", "round")


def text_cases():
    """Held-out clips: prompts that say every word, shapes and the scenes in turn."""
    rng, scenes = random.Random(2024), [kind for kind in TEST if kind != "shape"]
    kinds = [("shape", scenes[i // 2 % len(scenes)])[i % 2] for i in range(TEXTS)]
    return [case(i, 1000 + i, rng.choice(TEST[kind]), rng) for i, kind in enumerate(kinds)]


def picture_cases(folder):
    """First frames of held-out moving clips, written as PNG, and what shall happen then."""
    rng, out = random.Random(4048), []
    moving = {kind: [w for w in TEST[kind] if w["motion"] in MOVING] for kind in TEST}
    kinds = [kind for kind in moving if moving[kind]]
    for i in range(PICTURES):
        words = rng.choice(moving[kinds[i % len(kinds)]])
        first = film([words], SIZES[0], 5000 + i)[0, :, 0]
        picture = f"pictures/{i:02}.png"
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        Image.fromarray((first * 255).round().byte().permute(1, 2, 0).numpy()).save(folder / picture, optimize=True)
        out.append(case(i, 3000 + i, words, rng) | {"picture": picture})
    return out


def case(i, seed, words, rng):
    labels = {slot: word for slot, word in words.items() if word}
    return {"id": i, "prompt": caption(words, rng, keep=1.0), "seed": seed, "labels": labels}


def swapped(cases):
    """The cases that say a colour, with another colour in its place."""
    rng, out = random.Random(6), []
    for c in cases:
        colour, prompt = c["labels"].get("colour"), c["prompt"].lower()
        if colour in COLOURS and prompt.count(colour) == 1:
            new = rng.choice([k for k in COLOURS if k != colour])
            out.append(c | {"prompt": prompt.replace(colour, new), "labels": c["labels"] | {"colour": new}})
    return out


def picture(folder, c):
    """A case's first frame, [3, height, width] in -1..1."""
    pixels = np.array(Image.open(folder / c["picture"]).convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1).float() / 127.5 - 1


def make(pipeline, cases, folder, **settings):
    """One clip for each case, [n, 3, 33, 128, 128] in -1..1."""
    clips = []
    for part in (cases[i : i + 8] for i in range(0, len(cases), 8)):
        firsts = torch.stack([picture(folder, c) for c in part]) if "picture" in part[0] else None
        latents = pipeline.generate([c["prompt"] for c in part], [c["seed"] for c in part], pictures=firsts, **settings)
        clips.append(pipeline.decode(latents).cpu())
    return torch.cat(clips)


@torch.no_grad()
def score(judge, cases, clips):
    """How often the judge reads the asked word, for each slot, of all cases, of the shapes and of the scenes."""
    answers = judge(look((clips + 1) / 2))
    for i, c in enumerate(cases):
        c["read"] = {slot: SLOTS[slot][int(answers[slot][i].argmax())] for slot in c["labels"]}
    parts = {"all": cases, "shapes": [c for c in cases if c["labels"]["kind"] == "shape"],
             "scenes": [c for c in cases if c["labels"]["kind"] != "shape"]}  # fmt: skip
    return {name: {slot: share(part, slot) for slot in SLOTS if any(slot in c["labels"] for c in part)}
            for name, part in parts.items() if part}  # fmt: skip


def share(cases, slot):
    right = [c["read"][slot] == c["labels"][slot] for c in cases if slot in c["labels"]]
    return [round(sum(right) / len(right), 4), len(right)]


def kept(cases, clips, folder):
    """How well first frames are kept: mean and worst PSNR in dB."""
    errors = torch.stack([(clip[:, 0] - picture(folder, c)).square().mean() for c, clip in zip(cases, clips)])
    decibels = 10 * torch.log10(4 / errors)
    return {"mean": round(decibels.mean().item(), 2), "worst": round(decibels.min().item(), 2), "cases": len(cases)}


def all_groups(out, texts, pictures, extras):
    """What is asked: names, settings that differ from the model's own, cases."""
    asked = text_cases()[:texts]

    def some():
        return [dict(c) for c in asked[:extras]]

    groups = [
        ("text to video", {}, asked),
        ("image to video", {}, picture_cases(out)[:pictures]),
        ("colour word exchanged", {}, swapped(asked)[:extras]),
        ("guidance 1", {"guidance": 1.0}, some()),
        ("official negative prompt", {"negative_prompt": NULL_PROMPTS[1]}, some()),
    ]
    return [{"name": name, "settings": settings, "cases": cases} for name, settings, cases in groups]


def main(model, out, texts, pictures, extras):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pipeline, judge = Pipeline(model, device), Judge()
    judge.load_state_dict({k: v.float() for k, v in load_file(out / "judge.safetensors").items()})
    groups = all_groups(out, texts, pictures, extras)
    for group in groups:
        cases = group["cases"]
        clips = make(pipeline, cases, out, **group["settings"])
        group["figures"] = score(judge, cases, clips)
        if "picture" in cases[0]:
            group["first frame"] = kept(cases, clips, out)
        print(group["name"], json.dumps({k: v for k, v in group.items() if k in ("figures", "first frame")}), flush=True)
    (out / "eval.json").write_text(json.dumps({"groups": groups}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=TEXTS, help="text cases to measure")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="picture cases to measure")
    parser.add_argument("--extras", type=int, default=60, help="cases of each comparison")
    a = parser.parse_args()
    main(a.model, a.out, a.texts, a.pictures, a.extras)
