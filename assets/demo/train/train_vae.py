"""Trains the video autoencoder; writes `vae.pt`: its averaged weights and the latents' mean and scale."""

import argparse
import math
from pathlib import Path

import torch

from flat import Flat
from machine import Machine, Pace
from pool import Pool, frames_only
from sample import MEAN, STD, Pipeline
from vae import LATENT, Vae
from world import SIZES

CLIP = 17  # frames of a training clip
FIRST = 4.0  # weight of the first frame: it has latents of its own, other frames share theirs with three more


class Loss:
    """Weighted reconstruction: edges count more, and so do wrong gradients; a little KL keeps latents smooth.

    `mean` and `scale` are what the latents are expected to have.
    """

    def __init__(self, mean, scale, device):
        self.mean, self.scale = (torch.tensor(x, device=device).view(1, -1, 1, 1, 1) for x in (mean, scale))
        frames = torch.ones(CLIP, device=device)
        frames[0] = FIRST
        self.frames = (frames / frames.mean()).view(1, 1, -1, 1, 1)

    def __call__(self, y, x, mu, log_var):
        y, x = y.float(), x.float()
        edge = (
            x.diff(dim=-1).abs().amax(1, keepdim=True)[..., :-1, :]
            + x.diff(dim=-2).abs().amax(1, keepdim=True)[..., :-1]
        )
        weight = 1 + 3 * (2 * edge).clamp(max=1)
        error = (y - x).abs()
        l1 = (error[..., :-1, :-1] * weight * self.frames).mean() / weight.mean()
        slope = sum(((y.diff(dim=d) - x.diff(dim=d)).abs() * self.frames).mean() for d in (-1, -2))
        mse = error.square().mean((0, 1, 3, 4))
        mu, log_var = (mu.float() - self.mean) / self.scale, log_var.float() - 2 * self.scale.log()
        log_var = log_var.clamp(-20, 10)
        kl = 0.5 * (mu**2 + log_var.exp() - 1 - log_var).mean()
        return l1 + 2 * (mse * self.frames.flatten()).mean() + 0.5 * slope + 5e-4 * kl, mse


def train(machine, run, seconds, batch, clips, start=None):
    """From nothing, or from the exported model `start`; then the latents' mean and scale stay as they are."""
    device = machine.device
    torch.manual_seed(7)
    vae = Vae().to(device)
    if start:
        vae.load_state_dict(Pipeline(start, device).vae.state_dict())
    loss_of = Loss(MEAN, STD, device) if start else Loss([0.0] * LATENT, [1.0] * LATENT, device)
    rate = 1e-3 if start else 1.5e-3
    torch.manual_seed(100 + machine.rank)
    pool = Pool(frames_only(SIZES[0], device), clips, 100 + machine.rank)
    pool.grow(clips)
    machine.log(f"{clips} clips drawn")
    flat = Flat(machine, [vae], rate, (0.9, 0.99), 0.01, 0.998, torch.bfloat16)
    generator = torch.Generator(device).manual_seed(machine.rank)
    width, height = SIZES[0]
    video = torch.zeros(batch, CLIP, height, width, 3, dtype=torch.uint8, device=device)

    def work():
        x = (video.to(torch.bfloat16) / 127.5 - 1).movedim(-1, 1)
        flat.grad.zero_()
        mu, log_var = vae.encode(x)
        y = vae.decode(mu + (0.5 * log_var).exp() * torch.randn_like(mu))
        loss, mse = loss_of(y, x, mu, log_var)
        loss.backward()
        return loss.detach(), mse.detach()

    def draw():
        index, start = pool.sample(batch, generator), torch.randint(17, (batch, 1), generator=generator, device=device)
        frames = start + torch.arange(CLIP, device=device)
        video.copy_(pool.rows[0][index[:, None], frames])

    draw()
    run_step = machine.capture(work)
    machine.log("autoencoder captured")
    total = torch.zeros(2 + CLIP, device=device)
    for step, share in Pace(machine, seconds):
        draw()
        loss, mse = run_step()
        total += torch.cat([torch.ones_like(loss)[None], loss[None], mse])
        flat.step(min(1, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share))))
        if step % 10 == 0:
            pool.grow(8)
        if (step + 1) % 500 == 0:
            report(machine, step + 1, total)
    vae = Vae().to(device)
    vae.load_state_dict(flat.averaged(vae)[0])
    mean, std = measure(machine, vae.eval())
    if start:
        mean, std = torch.tensor(MEAN), torch.tensor(STD)
    if machine.rank == 0:
        state = {k: v.cpu() for k, v in vae.state_dict().items()}
        torch.save({"vae": state, "mean": mean.cpu(), "std": std.cpu()}, Path(run) / "vae.pt")


def report(machine, step, total):
    """Logs the means since the last report, of all frames and of the first; empties the sums."""
    count, loss, *mse = machine.mean(total).tolist()
    whole, first = sum(mse) / CLIP / count, mse[0] / count
    machine.log(f"autoencoder {step}  loss {loss / count:.4f}  psnr {psnr(whole):.2f} dB, "
                f"first frames {psnr(first):.2f} dB (sampled, live)")  # fmt: skip
    total.zero_()


@torch.no_grad()
def measure(machine, vae):
    """Logs the reconstruction of fresh clips in float32; returns the latents' mean and scale."""
    pool = Pool(frames_only(SIZES[0], machine.device), 192, 9)
    pool.grow(192, batch=6)
    latents, errors = [], []
    for clips in pool.rows[0].split(16):
        x = clips.float().movedim(-1, 1) / 127.5 - 1
        mu = vae.encode(x)[0]
        y = vae.decode(mu).clamp(-1, 1)
        latents.append(mu.transpose(0, 1).flatten(1))
        errors.append((y - x).square().mean((1, 3, 4)))  # [clips, frames]
    z, errors = torch.cat(latents, 1), torch.cat(errors)
    mean, std = z.mean(1), z.std(1)
    machine.log(f"autoencoder on fresh clips: psnr of the mean error {psnr(errors.mean().item()):.2f} dB, "
                f"worst clip {psnr(errors.mean(1).max().item()):.2f} dB, "
                f"first frames {psnr(errors[:, 0].mean().item()):.2f} dB; "
                f"latent std {std.min():.3f} .. {std.max():.3f}")  # fmt: skip
    return mean, std.clamp(min=0.25 * std.square().mean().sqrt())  # channels that say little stay quiet


def psnr(mse):
    """Of pixels in -1..1, in dB."""
    return 10 * math.log10(4 / mse)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--seconds", type=float, default=480, help="age of the program when its training ends")
    parser.add_argument("--batch", type=int, default=24, help="clips over all accelerators")
    parser.add_argument("--clips", type=int, default=3000, help="clips in each accelerator's pool")
    parser.add_argument("--from", dest="start", help="exported model folder to go on from")
    a = parser.parse_args()
    machine = Machine()
    train(machine, a.folder, a.seconds, max(1, a.batch // machine.world), a.clips, a.start)
    machine.close()
