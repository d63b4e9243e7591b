"""Trains everything and exports it: tokenizer, judge, autoencoder, transformer, model folder, figures.

    python train.py --folder /tmp/zoetrope-demo --out ..

One process for each accelerator; see README.md for how long it takes on what.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import torch

from text import train_tokenizer

HERE = Path(__file__).parent


def stage(script, *arguments, processes=1):
    """One stage in processes of its own, so that each starts with an empty accelerator."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    start = launch if processes > 1 else [sys.executable]
    return subprocess.Popen([*start, str(HERE / script), *map(str, arguments)])


def finish(*stages):
    for s in stages:
        if s.wait():
            sys.exit(f"{' '.join(s.args[-4:])} failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True, help="folder for what training leaves behind")
    parser.add_argument("--out", help="model folder to write; left out, nothing is exported")
    parser.add_argument(
        "--golden", default=HERE.parents[2] / "tests/golden/demo", help="folder for judge, figures, goldens"
    )
    parser.add_argument("--from", dest="start", help="exported model folder to go on from")
    parser.add_argument("--vae-seconds", type=float, default=480)
    parser.add_argument("--dit-seconds", type=float, default=900)
    a = parser.parse_args()
    processes = max(1, torch.cuda.device_count())
    start = ["--from", a.start] if a.start else []
    if a.start:
        shutil.copytree(Path(a.start) / "google", Path(a.folder) / "google", dirs_exist_ok=True)
    else:
        train_tokenizer(Path(a.folder) / "google/umt5-xxl")
    judge = stage("train_judge.py", "--folder", a.folder)
    vae = stage("train_vae.py", "--folder", a.folder, "--seconds", a.vae_seconds, *start, processes=processes)
    finish(vae)
    dit = stage("train_dit.py", "--folder", a.folder, "--seconds", a.dit_seconds, *start, processes=processes)
    finish(judge, dit)
    if a.out:
        finish(stage("export.py", "--folder", a.folder, "--out", a.out))
        golden = Path(a.golden)
        finish(stage("export_judge.py", "--judge", Path(a.folder) / "judge.pt", "--out", golden))
        finish(stage("truth.py", "--out", golden))
        finish(stage("evaluate.py", "--model", a.out, "--out", golden))
        finish(stage("golden.py", "--model", a.out, "--out", golden))
        animation = HERE.parents[1] / "readme/demo.webp"
        finish(stage("gallery.py", "--model", a.out, "--gallery", Path(a.out) / "gallery.jpg", "--animation", animation))


if __name__ == "__main__":
    main()
