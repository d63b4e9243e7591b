"""Trains the video autoencoder; writes `vae.pt`: its averaged weights and the latents' mean and scale."""

import argparse
import math
from pathlib import Path

import torch

from flat import Flat
from machine import Machine
from pool import Pool, frames_only
from vae import Vae
from world import SIZES

CLIP = 17  # frames of a training clip


def loss_of(y, x, mu, log_var):
    """Weighted reconstruction: edges count more, and so do wrong gradients; a little KL keeps latents smooth."""
    y, x = y.float(), x.float()
    edge = (
        x.diff(dim=-1).abs().amax(1, keepdim=True)[..., :-1, :] + x.diff(dim=-2).abs().amax(1, keepdim=True)[..., :-1]
    )
    weight = 1 + 3 * (2 * edge).clamp(max=1)
    error = (y - x).abs()
    l1 = (error[..., :-1, :-1] * weight).mean() / weight.mean()
    mse = (error**2).mean()
    slope = (y.diff(dim=-1) - x.diff(dim=-1)).abs().mean() + (y.diff(dim=-2) - x.diff(dim=-2)).abs().mean()
    mu, log_var = mu.float(), log_var.float().clamp(-20, 10)
    kl = 0.5 * (mu**2 + log_var.exp() - 1 - log_var).mean()
    return l1 + 2 * mse + 0.5 * slope + 5e-4 * kl, mse


def train(machine, run, steps, batch, clips, decoder_only=False, rate=1.5e-3):
    """The whole network, or, with its latents as they are, the decoder alone for longer."""
    device, path = machine.device, Path(run) / "vae.pt"
    torch.manual_seed(7)
    vae = Vae().to(device)
    saved = torch.load(path, map_location=device) if decoder_only else None
    if saved:
        vae.load_state_dict(saved["vae"])
    vae.requires_grad_(False)
    for part in trained(vae, decoder_only):
        part.requires_grad_(True)
    torch.manual_seed(100 + machine.rank)
    pool = Pool(frames_only(SIZES[0], device), clips, 100 + machine.rank)
    pool.grow(clips)
    machine.log(f"{clips} clips drawn")
    flat = Flat(machine, trained(vae, decoder_only), rate, (0.9, 0.99), 0.01, 0.998, torch.bfloat16)
    vae.to(torch.bfloat16)  # what is not trained
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
    total = torch.zeros(2, device=device)
    for step in range(steps):
        draw()
        total += torch.stack(run_step())
        flat.step(min(1, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps))))
        if step % 10 == 0:
            pool.grow(8)
        if (step + 1) % 500 == 0 or step + 1 == steps:
            loss, mse = (machine.mean(total) / min(500, step % 500 + 1)).tolist()
            machine.log(f"autoencoder {step + 1}/{steps}  loss {loss:.4f}  psnr {psnr(mse):.2f} dB (sampled, live)")
            total.zero_()
    vae = Vae().to(device)
    if saved:
        vae.load_state_dict(saved["vae"])
    parts = trained(vae, decoder_only)
    for part, state in zip(parts, flat.averaged(*parts)):
        part.load_state_dict(state)
    mean, std = measure(machine, vae.eval())
    if saved:
        mean, std = saved["mean"], saved["std"]
    if machine.rank == 0:
        state = {k: v.cpu() for k, v in vae.state_dict().items()}
        torch.save({"vae": state, "mean": mean.cpu(), "std": std.cpu()}, path)


def trained(vae, decoder_only):
    return [vae.conv2, vae.decoder] if decoder_only else [vae]


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
        errors.append(((y - x) ** 2).flatten(1).mean(1))
    z, errors = torch.cat(latents, 1), torch.cat(errors)
    mean, std = z.mean(1), z.std(1)
    machine.log(f"autoencoder on fresh clips: psnr of the mean error {psnr(errors.mean().item()):.2f} dB, "
                f"worst clip {psnr(errors.max().item()):.2f} dB; latent std {std.min():.3f} .. {std.max():.3f}")  # fmt: skip
    return mean, std.clamp(min=0.25 * std.square().mean().sqrt())  # channels that say little stay quiet


def psnr(mse):
    """Of pixels in -1..1, in dB."""
    return 10 * math.log10(4 / mse)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--steps", type=int, default=16_000)
    parser.add_argument("--batch", type=int, default=12, help="clips over all accelerators")
    parser.add_argument("--clips", type=int, default=3000, help="clips in each accelerator's pool")
    parser.add_argument("--decoder-only", action="store_true", help="train the decoder of vae.pt further")
    a = parser.parse_args()
    machine = Machine()
    train(machine, a.folder, a.steps, max(1, a.batch // machine.world), a.clips, a.decoder_only)
    machine.close()
