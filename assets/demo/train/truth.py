"""Rendered clips that the judge must read right before its word counts for anything.

`truth.json` lists each clip's labels; `truth/` holds the frames that the judge looks at, one below the other.
"""

import argparse
import json
import random
from pathlib import Path

from judge import FRAMES
from sample import save_strip
from world import ALL, SIZES, film

SHAPES = 4  # clips of each shape; of each scene there is one


def chosen(rng):
    """The words of all clips."""
    shapes = sorted({w["shape"] for w in ALL["shape"]})
    words = [rng.choice([w for w in ALL["shape"] if w["shape"] == shape]) for shape in shapes for _ in range(SHAPES)]
    return words + [rng.choice(ALL[kind]) for kind in ALL if kind != "shape"]


def main(out):
    (out / "truth").mkdir(parents=True, exist_ok=True)
    cases = []
    for i, words in enumerate(chosen(random.Random(11))):
        frames = film([words], SIZES[0], 7000 + i, frames=len(FRAMES))[0]  # (3, frames, height, width)
        name = f"truth/{i:02}.webp"
        save_strip((frames * 255).round().byte(), out / name)
        cases.append({"picture": name, "labels": {slot: word for slot, word in words.items() if word}})
    (out / "truth.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    main(parser.parse_args().out)
