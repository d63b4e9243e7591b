"""Trains the judge on rendered clips of all words; writes `judge.pt` and its accuracy on fresh clips.

The judge measures; so it knows the combinations that are held out from the model.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from judge import FRAMES, Judge
from machine import Machine
from pool import Pool, blur, glances_and_labels
from words import SLOTS
from world import ALL, SIZES, TEST, TRAIN, draw_words, film, labels


def disturb(x):
    """Noise, blur and changes of brightness, so that the judge also reads decoded clips."""
    n = x.shape[0]

    def pick():
        return torch.rand(n, 1, 1, 1, 1, device=x.device)

    x = torch.where(pick() < 0.4, blur(x), x)
    x = torch.where(pick() < 0.3, blur(blur(x)), x)
    x = x * (0.94 + 0.12 * pick()) + 0.06 * (pick() - 0.5)
    return (x + torch.randn_like(x) * 0.05 * pick()).clamp(0, 1)


def loss_of(answers, truth):
    """Cross entropy, for each slot over the clips that have a word in it."""
    total = 0.0
    for i, scores in enumerate(answers.values()):
        losses = F.cross_entropy(scores, truth[:, i], ignore_index=-1, label_smoothing=0.02, reduction="sum")
        total = total + losses / (truth[:, i] >= 0).sum().clamp(min=1)
    return total


def train(machine, run, steps, clips, checked, batch=128, rate=1.5e-3):
    device = machine.device
    torch.manual_seed(3)
    judge = Judge(nn.BatchNorm3d).to(device, memory_format=torch.channels_last_3d)
    pool = Pool(glances_and_labels(device), clips, 5, ALL)
    pool.grow(clips)
    machine.log(f"judge: {clips} clips drawn")
    optimiser = torch.optim.AdamW(judge.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    generator = torch.Generator(device).manual_seed(5)
    for step in range(steps):
        index = pool.sample(batch, generator)
        seen, truth = pool.rows[0][index].float() / 255, pool.rows[1][index]
        with torch.autocast(device.type, torch.bfloat16):
            answers = judge(disturb(seen).contiguous(memory_format=torch.channels_last_3d))
        loss = loss_of({k: v.float() for k, v in answers.items()}, truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 4 == 0:
            pool.grow(12, batch=12)
        if (step + 1) % 500 == 0:
            machine.log(f"judge {step + 1}/{steps}  loss {loss.item():.3f}")
    judge = judge.eval().folded()
    report = {"seen words": validate(judge, device, TRAIN, checked), "held-out words": validate(judge, device, TEST, checked)}
    machine.log(f"judge: {json.dumps(report)}")
    torch.save({"judge": {k: v.cpu() for k, v in judge.state_dict().items()}, "report": report}, Path(run) / "judge.pt")


@torch.no_grad()
def validate(judge, device, split, clips):
    """The share of right answers for each slot on freshly rendered clips, in float32."""
    rng, right, asked = random.Random(77), torch.zeros(len(SLOTS)), torch.zeros(len(SLOTS))
    for _ in range(clips // 12):
        words = draw_words(12, rng, split)
        truth = labels(words)
        answers = judge(film(words, SIZES[0], rng.randrange(1 << 62), device, len(FRAMES)))
        said = torch.stack([scores.argmax(1) for scores in answers.values()], 1).cpu()
        right += ((said == truth) & (truth >= 0)).sum(0)
        asked += (truth >= 0).sum(0)
    return {slot: round((r / max(a, 1)).item(), 4) for slot, r, a in zip(SLOTS, right, asked)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--checked", type=int, default=3000, help="fresh clips of seen and of held-out words to read")
    a = parser.parse_args()
    train(Machine(), a.folder, a.steps, a.clips, a.checked)
