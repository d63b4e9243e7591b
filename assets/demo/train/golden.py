"""The golden clips that the Rust program must reproduce: float32 on the CPU, from the exported files.

For a run `r`: `r.latents` [48, f, h, w] in golden.safetensors are the final ones, and `r.webp` holds the frames one below
the other, truncated to bytes as the official code does; `i2v.png` is the first frame that was given.
"""

import argparse
import json
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

from sample import Pipeline, save_strip
from world import SIZES, SLOTS, film

SETTINGS = {"size": SIZES[0], "frames": 17, "steps": 10, "shift": 4.0, "guidance": 3.0, "negative_prompt": ""}
RUNS = {"t2v": {"prompt": "A pink birthday cake with three candles", "seed": 7},
        "i2v": {"prompt": "A red sailing boat sails to the left at sunset.", "seed": 8, "picture": "i2v.png"}}  # fmt: skip
BOAT = {"kind": "boat", "colour": "red", "motion": "left", "light": "sunset"}


def to_bytes(video):
    return ((video + 1) / 2 * 255).to(torch.uint8)


def main(model, out):
    pipeline, tensors = Pipeline(model), {}
    first = film([dict.fromkeys(SLOTS, "") | BOAT], SIZES[0], 12)[0, :, 0]
    image = (first * 255).round().byte()
    Image.fromarray(image.permute(1, 2, 0).numpy()).save(out / "i2v.png", optimize=True)
    pictures = {"t2v": None, "i2v": image.float().unsqueeze(0) / 127.5 - 1}
    frames = SETTINGS["frames"]
    chosen = {k: SETTINGS[k] for k in ("steps", "shift", "guidance", "negative_prompt")}
    for name, run in RUNS.items():
        latents = pipeline.generate([run["prompt"]], [run["seed"]], frames=frames, pictures=pictures[name], **chosen)
        tensors[f"{name}.latents"] = latents[0].contiguous()
        save_strip(to_bytes(pipeline.decode(latents)[0]), out / f"{name}.webp")
    save_file(tensors, out / "golden.safetensors")
    about = {"settings": SETTINGS, "runs": RUNS, "frames": "bytes, ((x + 1) / 2 * 255) truncated",
             "tolerance": "mean absolute difference of frames below 1 (of 255)"}  # fmt: skip
    (out / "golden.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    main(a.model, a.out)
