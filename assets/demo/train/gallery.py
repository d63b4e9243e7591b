"""The pictures that show the model: a sheet of prompts with their clips, and eight clips that move."""

import argparse
import textwrap
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont

from export import EXAMPLES
from sample import Pipeline

MORE = [
    "An orange cat wags its tail at night",
    "A white windmill turns at sunset",
    "A blue rocket takes off from the moon",
    "A pink heart grows in a starry night",
    "Two yellow ducks swim to the left by day",
    "Rain falls on a yellow umbrella by day",
]
SEED, PAPER, INK = 3, "#faf9f4", "#3a3d4a"


def films(pipeline, prompts):
    """One clip for each prompt, as lists of pictures."""
    clips = []
    for prompt in prompts:
        video = pipeline.decode(pipeline.generate([prompt], [SEED]))[0]
        frames = video.add(1).mul(127.5).round().byte().permute(1, 2, 3, 0)
        clips.append([Image.fromarray(frame.numpy()) for frame in frames])
    return clips


def sheet(prompts, clips, side=104, gap=2, picked=(0, 8, 16, 24, 32)):
    """Two columns of prompts, five frames below each."""
    wide, high, margin = len(picked) * (side + gap) + 18, side + 28, 20
    out = Image.new("RGB", (2 * wide + margin, -(-len(clips) // 2) * high + margin), PAPER)
    pen, font = ImageDraw.Draw(out), ImageFont.load_default(13)
    for i, (prompt, clip) in enumerate(zip(prompts, clips)):
        x, y = margin + i % 2 * wide, 12 + i // 2 * high
        pen.text((x, y), prompt, INK, font)
        for k, frame in enumerate(picked):
            out.paste(clip[frame].resize((side, side), Image.LANCZOS), (x + k * (side + gap), y + 20))
    return out


def moving(prompts, clips, side=160, gap=10, columns=4):
    """One picture for each moment: all clips in a grid, their prompts below."""
    high = side + 39
    size = (columns * (side + gap) + gap, len(clips) // columns * high + gap)
    font, out = ImageFont.load_default(12), []
    for moment in range(len(clips[0])):
        page = Image.new("RGB", size, PAPER)
        pen = ImageDraw.Draw(page)
        for i, (prompt, clip) in enumerate(zip(prompts, clips)):
            x, y = gap + i % columns * (side + gap), gap + i // columns * high
            page.paste(clip[moment].resize((side, side), Image.LANCZOS), (x, y))
            pen.multiline_text((x, y + side + 4), textwrap.fill(prompt, 28), INK, font, spacing=1)
        out.append(page)
    return out


@torch.no_grad()
def main(model, gallery, animation):
    pipeline, prompts = Pipeline(model), EXAMPLES + MORE
    clips = films(pipeline, prompts)
    sheet(prompts, clips).save(gallery, quality=88)
    count = len(EXAMPLES)
    first, *rest = moving(prompts[:count], clips[:count])
    duration = round(1000 / pipeline.settings["fps"])
    first.save(animation, save_all=True, append_images=rest, duration=duration, loop=0, quality=82, method=6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--gallery", type=Path, required=True)
    parser.add_argument("--animation", type=Path, required=True)
    a = parser.parse_args()
    main(a.model, a.gallery, a.animation)
