"""Trains the transformer and the text encoder together; writes `dit.pt`, the averaged weights of both.

Flow matching: x_t = (1 - t) x + t noise, and the network predicts noise - x.
In half of the samples the first frame is clean, as when a picture is given.
"""

import argparse
import random
from pathlib import Path

import torch

from dit import Dit
from flat import Flat
from machine import Machine
from pool import SAYINGS, Pool, latents_and_captions, null_ids
from text import TEXT_DIM, TEXT_LEN, TextEncoder, load_tokenizer
from vae import Vae
from world import SIZES

SHARES = (0.76, 0.12, 0.12)  # of SIZES
SHIFT = 3.0
DROPPED = 0.1  # captions replaced by a null prompt


class Batch:
    """The fixed buffers of one size, and the step on them."""

    def __init__(self, n, pool, null, device):
        latents = pool.rows[0]
        self.pool, self.null = pool, null
        self.x = torch.zeros(n, *latents.shape[1:], device=device)
        self.noise = torch.zeros_like(self.x)
        self.t, self.given = torch.zeros(n, device=device), torch.zeros(n, dtype=torch.bool, device=device)
        self.ids = torch.zeros(n, TEXT_LEN, dtype=torch.long, device=device)

    def draw(self, generator):
        """Clips, captions, noise and noise levels: half of them near the middle, half anywhere, then shifted."""
        n, rand = len(self.t), lambda: torch.rand(len(self.t), generator=generator, device=self.t.device)
        index = self.pool.sample(n, generator)
        self.x.copy_(self.pool.rows[0][index])
        saying = (rand() * SAYINGS).long()
        null = self.null[(rand() * len(self.null)).long()]
        self.ids.copy_(torch.where((rand() < DROPPED).unsqueeze(1), null, self.pool.rows[1][index, saying].long()))
        self.noise.normal_(generator=generator)
        middle = torch.sigmoid(torch.randn(n, generator=generator, device=self.t.device))
        u = torch.where(rand() < 0.5, middle, rand())
        self.t.copy_(SHIFT * u / (1 + (SHIFT - 1) * u))
        self.given.copy_(rand() < 0.5)

    def loss(self, text, dit):
        t = torch.stack([self.t * ~self.given, self.t], 1)  # first frame, rest
        mixed = torch.cat([t[:, :1], t[:, 1:].expand(-1, self.x.shape[2] - 1)], 1).view(len(t), 1, -1, 1, 1)
        with torch.autocast(self.x.device.type, torch.bfloat16, cache_enabled=False):
            v = dit(torch.lerp(self.x, self.noise, mixed), 1000 * t, text(self.ids))
        error = (v.float() - (self.noise - self.x)).square().mean((1, 3, 4))  # (n, frames)
        counts = torch.ones_like(error)
        counts[:, 0] = (~self.given).float()
        return (error * counts).sum() / counts.sum()


def schedule(step, steps):
    """Warm up, stay, and fall from 55 %."""
    s = step / steps
    return min(1, (step + 1) / 300) * (1 if s < 0.55 else max(0.0, (1 - s) / 0.45) * 0.98 + 0.02)


def train(machine, run, steps, batch, clips, capacity, resume=False, rate=1e-3):
    device, run = machine.device, Path(run)
    saved = torch.load(run / "vae.pt", map_location=device)
    vae = Vae().to(device).eval().requires_grad_(False)
    vae.load_state_dict(saved["vae"])
    tokenizer, rng = load_tokenizer(run / "google/umt5-xxl"), random.Random(200 + machine.rank)
    stats = (saved["mean"], saved["std"])
    pools = [Pool(latents_and_captions(vae, stats, tokenizer, size, device, rng), int(capacity * share), 200 + machine.rank)
             for size, share in zip(SIZES, SHARES)]  # fmt: skip
    for pool, share in zip(pools, SHARES):
        pool.grow(int(clips * share))
    machine.log(f"{clips} clips drawn and encoded")

    torch.manual_seed(11)
    text, dit = TextEncoder(tokenizer.get_vocab_size()).to(device), Dit(TEXT_DIM).to(device)
    if resume:
        states = torch.load(run / "dit.pt", map_location=device)
        text.load_state_dict(states["text"])
        dit.load_state_dict(states["dit"])
    flat = Flat(machine, [text, dit], rate, (0.9, 0.98), 0.01, 0.9995)
    if machine.cuda:
        for block in dit.blocks:
            block.compile(dynamic=False)
    generator = torch.Generator(device).manual_seed(300 + machine.rank)
    null = null_ids(tokenizer, device)
    batches, runs = [Batch(batch, pool, null, device) for pool in pools], []
    for b in batches:
        b.draw(generator)

        def work(b=b):
            flat.grad.zero_()
            loss = b.loss(text, dit)
            loss.backward()
            return loss.detach()

        runs.append(machine.capture(work))
        machine.log("transformer captured")
    order, total = random.Random(17), torch.zeros((), device=device)
    for step in range(steps):
        which = order.choices(range(len(SIZES)), SHARES)[0]
        batches[which].draw(generator)
        total += runs[which]()
        flat.step(schedule(step, steps))
        if step % 16 == 0:
            pools[order.choices(range(len(SIZES)), SHARES)[0]].grow(32, batch=32)
        if (step + 1) % 500 == 0:
            machine.log(f"transformer {step + 1}/{steps}  loss {(machine.mean(total) / 500).item():.4f}")
            total.zero_()
        if (step + 1) % 2000 == 0 or step + 1 == steps:
            save(machine, flat, text, dit, run)


def save(machine, flat, text, dit, run):
    if machine.rank == 0:
        states = flat.averaged(text, dit)
        torch.save(dict(zip(("text", "dit"), states)), run / "dit.tmp")
        (run / "dit.tmp").rename(run / "dit.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--steps", type=int, default=36_000)
    parser.add_argument("--batch", type=int, default=256, help="clips over all accelerators")
    parser.add_argument("--clips", type=int, default=24_000, help="clips in each accelerator's pool at the start")
    parser.add_argument("--capacity", type=int, default=64_000, help="clips in each accelerator's pool at most")
    parser.add_argument("--resume", action="store_true", help="start from the weights in dit.pt")
    a = parser.parse_args()
    machine = Machine()
    train(machine, a.folder, a.steps, max(1, a.batch // machine.world), a.clips, a.capacity, a.resume)
    machine.close()
