"""From a prompt to a clip with the exported model folder: the official pipeline in small."""

import json
import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from dit import Dit
from text import TextEncoder, load_tokenizer, token_ids
from vae import LATENT, Vae

# The statistics of the official Wan2.2 autoencoder, which its latents are normalised with.
MEAN = [-0.2289, -0.0052, -0.1323, -0.2339, -0.2799, 0.0174, 0.1838, 0.1557, -0.1382, 0.0542, 0.2813, 0.0891,
        0.1570, -0.0098, 0.0375, -0.1825, -0.2246, -0.1207, -0.0698, 0.5109, 0.2665, -0.2108, -0.2158, 0.2502,
        -0.2055, -0.0322, 0.1109, 0.1567, -0.0729, 0.0899, -0.2799, -0.1230, -0.0313, -0.1649, 0.0117, 0.0723,
        -0.2839, -0.2083, -0.0520, 0.3748, 0.0152, 0.1957, 0.1433, -0.2944, 0.3573, -0.0548, -0.1681, -0.0667]  # fmt: skip
STD = [0.4765, 1.0364, 0.4514, 1.1677, 0.5313, 0.4990, 0.4818, 0.5013, 0.8158, 1.0344, 0.5894, 1.0901,
       0.6885, 0.6165, 0.8454, 0.4978, 0.5759, 0.3523, 0.7135, 0.6804, 0.5833, 1.4146, 0.8986, 0.5659,
       0.7069, 0.5338, 0.4889, 0.4917, 0.4069, 0.4999, 0.6866, 0.4093, 0.5709, 0.6065, 0.6415, 0.4944,
       0.5726, 1.2042, 0.5458, 1.6887, 0.3971, 1.0600, 0.3943, 0.5537, 0.5444, 0.4089, 0.7468, 0.7744]  # fmt: skip


class UniPc:
    """UniPC of order two ("bh2", predicting the clean sample) with the corrector, for flow matching."""

    def __init__(self, steps, shift):
        s = np.linspace(float(np.float32(0.999)), 0, steps + 1)[:-1]
        s = shift * s / (1 + (shift - 1) * s)
        self.timesteps = [int(1000 * x) for x in s]
        self.sigmas = [float(np.float32(x)) for x in s] + [0.0]
        self.clean, self.before, self.order, self.index = [], None, 0, 0

    def half(self, i):
        """Half the logarithm of the signal-to-noise ratio, doubled: log((1 - sigma) / sigma)."""
        sigma = self.sigmas[i]
        return math.inf if sigma == 0 else math.log(1 - sigma) - math.log(sigma)

    def start(self, x, clean, i):
        """The exponential Euler part of a step from noise level i to i + 1, and the numbers it shares."""
        h = self.half(i + 1) - self.half(i)
        b = math.expm1(-h)
        ratio = self.sigmas[i + 1] / self.sigmas[i]
        alpha = 1 - self.sigmas[i + 1]
        return ratio * x - alpha * b * clean, alpha * b, h

    def slope(self, i, h):
        """The change of the clean prediction before level i, for a step of length h."""
        return (self.clean[-2] - self.clean[-1]) / ((self.half(i - 1) - self.half(i)) / h)

    def corrected(self, x, clean):
        """The last step again, now that the prediction at its end is known."""
        i = self.index - 1
        y, b, h = self.start(self.before, self.clean[-1], i)
        change = clean - self.clean[-1]
        if self.order == 1:
            return y - b * 0.5 * change
        phi1 = math.expm1(-h)
        phi2 = phi1 / -h - 1
        phi3 = phi2 / -h - 0.5
        r = (self.half(i - 1) - self.half(i)) / h
        first, second = phi2 / phi1, 2 * phi3 / phi1
        old = (second - first) / (r - 1)  # solves [[1, 1], [r, 1]] [old, new] = [first, second]
        return y - b * (old * self.slope(i, h) + (first - old) * change)

    def step(self, x, velocity):
        """From the sample at the current noise level and the velocity there to the next sample."""
        i, last = self.index, len(self.timesteps) - 1
        clean = x - self.sigmas[i] * velocity
        if i > 0:
            x = self.corrected(x, clean)
        self.clean = [*self.clean[-1:], clean]
        self.order = min(2, last + 1 - i, i + 1)
        self.before, self.index = x, i + 1
        y, b, h = self.start(x, clean, i)
        return y - b * 0.5 * self.slope(i, h) if self.order == 2 else y


class Pipeline:
    """The model folder, loaded and up-cast to float32."""

    def __init__(self, folder, device="cpu"):
        folder, self.device = Path(folder), torch.device(device)
        self.settings = json.loads((folder / "zoetrope.json").read_text())
        self.tokenizer = load_tokenizer(folder / "google/umt5-xxl")
        config = json.loads((folder / "config.json").read_text())
        text = torch.load(folder / "models_t5_umt5-xxl-enc-bf16.pth")
        dit = load_file(folder / "diffusion_pytorch_model.safetensors")
        self.text = self.fill(TextEncoder(len(text["token_embedding.weight"])), text)
        self.dit = self.fill(Dit(dit["text_embedding.0.weight"].shape[1], config), dit)
        self.vae = self.fill(Vae(), torch.load(folder / "Wan2.2_VAE.pth"))
        self.mean, self.std = (torch.tensor(x, device=self.device).view(1, -1, 1, 1, 1) for x in (MEAN, STD))

    def fill(self, module, state):
        module.load_state_dict({k: v.float() for k, v in state.items()})
        return module.eval().requires_grad_(False).to(self.device)

    def context(self, prompts):
        return self.text(token_ids(self.tokenizer, prompts).long().to(self.device))

    def encode(self, video):
        """Video in -1..1 to normalised latents."""
        return (self.vae.encode(video)[0] - self.mean) / self.std

    def decode(self, latents):
        """Normalised latents to video in -1..1."""
        return self.vae.decode(latents * self.std + self.mean).clamp(-1, 1)

    @torch.no_grad()
    def generate(self, prompts, seeds, size=None, frames=None, pictures=None, **settings):
        """Final latents of some prompts; `pictures` [n, 3, height, width] in -1..1 are first frames to keep.

        `settings` may replace steps, shift, guidance and negative prompt of the model's own.
        """
        s = self.settings | settings
        width, height = size or s["size"]
        shape = (LATENT, ((frames or s["frames"]) - 1) // 4 + 1, height // 16, width // 16)
        x = torch.stack([noise(shape, seed) for seed in seeds]).to(self.device)
        texts = [self.context(prompts)]
        if s["guidance"] != 1:
            texts.append(self.context([s["negative_prompt"]] * len(prompts)))
        first = None if pictures is None else self.encode(pictures.to(self.device).unsqueeze(2))
        solver = UniPc(s["steps"], s["shift"])
        for t in solver.timesteps:
            if first is not None:
                x = torch.cat([first, x[:, :, 1:]], 2)
            levels = torch.tensor([[0.0 if first is not None else t, t]], device=self.device).repeat(len(x), 1)
            v = [self.dit(x, levels, text) for text in texts]
            v = v[0] if len(v) == 1 else v[1] + s["guidance"] * (v[0] - v[1])
            x = solver.step(x, v)
        return x if first is None else torch.cat([first, x[:, :, 1:]], 2)


def noise(shape, seed):
    return torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed))


def sheet(clips, columns, picked=(0, 16, 32)):
    """Clips [n, 3, f, h, w] in -1..1 as one picture, some frames of each side by side."""
    from PIL import Image

    rows = [torch.cat([c[:, i] for i in picked if i < c.shape[1]], 2) for c in clips]
    rows += [torch.ones_like(rows[0])] * (-len(rows) % columns)
    lines = [torch.cat(rows[i : i + columns], 2) for i in range(0, len(rows), columns)]
    picture = torch.cat(lines, 1).add(1).mul(127.5).clamp(0, 255).byte()
    return Image.fromarray(picture.permute(1, 2, 0).cpu().numpy())


def save_strip(frames, path):
    """Writes a clip of bytes, [3, f, h, w], without loss, its frames one below the other."""
    from PIL import Image

    Image.fromarray(frames.permute(1, 2, 3, 0).flatten(0, 1).numpy()).save(path, lossless=True, method=6)
