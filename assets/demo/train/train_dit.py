"""Trains the transformer and the text encoder together; writes `dit.pt`, the averaged weights of both.

A training may stop and go on in a later program (`--later`, `--resume`): `state.pt` keeps the optimiser, `pool<n>.pt`
the clips of each accelerator.

Flow matching: x_t = (1 - t) x + t noise, and the network predicts noise - x.
In half of the samples the first frame is clean, as when a picture is given.
"""

import argparse
import random
from pathlib import Path

import torch

from dit import Dit
from flat import Flat
from machine import Machine, Pace
from pool import SAYINGS, Pool, latents_and_captions, null_ids
from sample import Pipeline
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


def schedule(step, share):
    """Warm up, stay, and fall from 55 % of the time."""
    return min(1, (step + 1) / 300) * (1 if share < 0.55 else max(0.0, (1 - share) / 0.45) * 0.98 + 0.02)


def train(machine, run, seconds, batch, clips, capacity, start=None, later=0.0, resume=False, rate=1e-3):
    """From nothing, from the exported model `start`, or (`resume`) from where an earlier program stopped."""
    device, run = machine.device, Path(run)
    tokenizer = load_tokenizer(run / "google/umt5-xxl")
    pools = draw_pools(machine, run, tokenizer, clips, capacity, resume)
    torch.manual_seed(11)
    text, dit = TextEncoder(tokenizer.get_vocab_size()).to(device), Dit(TEXT_DIM).to(device)
    if start and not resume:
        given = Pipeline(start, device)
        text.load_state_dict(given.text.state_dict())
        dit.load_state_dict(given.dit.state_dict())
    flat = Flat(machine, [text, dit], rate, (0.9, 0.98), 0.01, 0.9995)
    pace = Pace(machine, seconds, later=later)
    if resume:
        saved = torch.load(run / "state.pt", map_location=device)
        flat.restore(saved["flat"])
        pace.spent = saved["spent"]
    generator = torch.Generator(device).manual_seed(300 + machine.rank + flat.steps)
    batches, runs = record_steps(machine, flat, text, dit, pools, batch, null_ids(tokenizer, device), generator)
    order, total, counted = random.Random(17 + flat.steps), torch.zeros((), device=device), 0
    for step, share in pace:
        which = order.choices(range(len(SIZES)), SHARES)[0]
        batches[which].draw(generator)
        total += runs[which]()
        counted += 1
        flat.step(schedule(step, share))
        if step % 16 == 0:
            pools[order.choices(range(len(SIZES)), SHARES)[0]].grow(32, batch=32)
        if flat.steps % 500 == 0:
            loss = machine.mean(total).item() / counted
            machine.log(f"transformer {flat.steps} ({share:.0%})  loss {loss:.4f}")
            total.zero_()
            counted = 0
        if flat.steps % 2000 == 0:
            save(machine, flat, text, dit, run)
    save(machine, flat, text, dit, run)
    if later:
        torch.save([pool.state() for pool in pools], run / f"pool{machine.rank}.pt")
        if machine.rank == 0:
            torch.save({"flat": flat.state(), "spent": pace.spent}, run / "state.pt")


def draw_pools(machine, run, tokenizer, clips, capacity, resume):
    """For each size the latents and captions that this accelerator trains on."""
    device = machine.device
    saved = torch.load(run / "vae.pt", map_location=device)
    vae = Vae().to(device).eval().requires_grad_(False)
    vae.load_state_dict(saved["vae"])
    stats, rng = (saved["mean"], saved["std"]), random.Random(200 + machine.rank)
    pools = [Pool(latents_and_captions(vae, stats, tokenizer, size, device, rng), int(capacity * share), 200 + machine.rank)
             for size, share in zip(SIZES, SHARES)]  # fmt: skip
    kept = run / f"pool{machine.rank}.pt"
    if resume and kept.exists():
        for pool, state in zip(pools, torch.load(kept, map_location=device, weights_only=False)):
            pool.restore(state)
    else:
        for pool, share in zip(pools, SHARES):
            pool.grow(max(1, int(clips * share)))
    machine.log(f"{sum(pool.size for pool in pools)} clips drawn and encoded")
    return pools


def record_steps(machine, flat, text, dit, pools, n, null, generator):
    """The batches of each size, and what runs a step on them."""
    if machine.cuda:
        for block in dit.blocks:
            block.compile(dynamic=False)
    batches, runs = [Batch(n, pool, null, machine.device) for pool in pools], []
    for b in batches:
        b.draw(generator)

        def work(b=b):
            flat.grad.zero_()
            loss = b.loss(text, dit)
            loss.backward()
            return loss.detach()

        runs.append(machine.capture(work))
        machine.log("transformer captured")
    return batches, runs


def save(machine, flat, text, dit, run):
    if machine.rank == 0:
        states = flat.averaged(text, dit)
        torch.save(dict(zip(("text", "dit"), states)), run / "dit.tmp")
        (run / "dit.tmp").rename(run / "dit.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--seconds", type=float, default=900, help="age of the program when its training ends")
    parser.add_argument("--batch", type=int, default=256, help="clips over all accelerators")
    parser.add_argument("--clips", type=int, default=10_000, help="clips in each accelerator's pool at the start")
    parser.add_argument("--capacity", type=int, default=64_000, help="clips in each accelerator's pool at most")
    parser.add_argument("--from", dest="start", help="exported model folder to go on from")
    parser.add_argument("--later", type=float, default=0, help="seconds of training left for a later --resume")
    parser.add_argument("--resume", action="store_true", help="go on where a training with --later stopped")
    a = parser.parse_args()
    machine, each = Machine(), lambda clips: max(1, clips // machine.world)
    train(machine, a.folder, a.seconds, each(a.batch), a.clips, a.capacity, a.start, a.later, a.resume)
    machine.close()
