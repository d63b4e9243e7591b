"""Writes the judge for programs in other languages: its weights in float16 and a description of every step."""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from judge import FRAMES, KERNELS, STRIDES
from words import SLOTS


def main(trained, out):
    saved = torch.load(trained, map_location="cpu")
    save_file({k: v.half().contiguous() for k, v in saved["judge"].items()}, out / "judge.safetensors")
    convolutions = [
        {"weight": f"convs.{i}.weight", "bias": f"convs.{i}.bias", "kernel": list(kernel), "stride": list(stride),
         "padding": [k // 2 for k in kernel], "then": "relu"}
        for i, (kernel, stride) in enumerate(zip(KERNELS, STRIDES))
    ]  # fmt: skip
    about = {
        "input": "a clip of 33 frames of 128x128, RGB in 0..1; x -> 2 x - 1",
        "frames": list(FRAMES),
        "layout": "weights as in PyTorch: convolutions [out, in, time, height, width], heads [classes, means and maxima]",
        "convolutions": convolutions,
        "pool": "the mean over time, height and width of every channel, then the maximum",
        "heads": {slot: {"weight": f"heads.{slot}.weight", "bias": f"heads.{slot}.bias", "classes": words}
                  for slot, words in SLOTS.items()},
        "answer": "the class of the highest score; a head means nothing where the clip has no such word",
        "accuracy on freshly rendered clips": saved["report"],
    }  # fmt: skip
    (out / "judge.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    main(a.judge, a.out)
