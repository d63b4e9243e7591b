"""Writes the trained networks as a model folder in the official layout of Wan2.2 TI2V."""

import argparse
import json
import shutil
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from dit import CONFIG
from pool import Pool, frames_only
from sample import MEAN, STD
from vae import Vae
from world import FPS, FRAMES, SIZES

EXAMPLES = [
    "A red lighthouse shines over the sea at night",
    "A pink birthday cake with three candles",
    "A green tent with a campfire in the forest",
    "The smiling sun rises over the sea",
    "A red hot-air balloon rises at sunset",
    "Snow falls on a little house at night",
    "Red fireworks over the city",
    "A red sailing boat sails to the right at sunset",
]
SAMPLING = {"steps": 12, "shift": 4.0, "guidance": 3.0, "sampler": "unipc"}


def rescale(vae, mean, std):
    """Moves the latents' mean and scale into the 1x1x1 convolutions, so that the official statistics apply."""
    mean0, std0 = torch.tensor(MEAN), torch.tensor(STD)
    gain, n = std0 / std, len(mean)
    w, b = vae["conv1.weight"].clone(), vae["conv1.bias"].clone()
    w[:n] *= gain.view(-1, 1, 1, 1, 1)
    b[:n] = (b[:n] - mean) * gain + mean0
    w[n:], b[n:] = w[n:], b[n:] + 2 * gain.log()  # the log variance, which nothing reads
    back = vae["conv2.weight"] / gain.view(1, -1, 1, 1, 1)
    offset = vae["conv2.bias"] + vae["conv2.weight"].flatten(1) @ (mean - mean0 / gain)
    return vae | {"conv1.weight": w, "conv1.bias": b, "conv2.weight": back, "conv2.bias": offset}


@torch.no_grad()
def latent_rgb(vae, mean, std, device, clips=96):
    """The linear map from normalised latents to colours that is best in the least-squares sense."""
    pool = Pool(frames_only(SIZES[0], device), clips, 21)
    pool.grow(clips, batch=4)
    left, right = [], []
    for video in pool.rows[0].split(8):
        video = video.float().movedim(-1, 1) / 127.5 - 1
        z = (vae.encode(video)[0] - mean.view(1, -1, 1, 1, 1)) / std.view(1, -1, 1, 1, 1)
        small = F.avg_pool3d(video, (1, 16, 16))
        small = torch.cat([small[:, :, :1], F.avg_pool3d(small[:, :, 1:], (4, 1, 1))], 2)
        left.append(z.transpose(0, 1).flatten(1).T)
        right.append(small.transpose(0, 1).flatten(1).T)
    left, right = torch.cat(left).double().cpu(), torch.cat(right).double().cpu()
    solved = torch.linalg.lstsq(torch.cat([left, torch.ones(len(left), 1)], 1), right).solution
    rounded = [[round(v, 5) for v in row] for row in solved.tolist()]
    return {"factors": rounded[:-1], "bias": rounded[-1]}


def halves(state):
    """Matrices and kernels in float16, vectors in float32."""
    return {k: v.half() if v.squeeze().dim() > 1 and "modulation" not in k else v.float() for k, v in state.items()}


def export(folder, out):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    folder, out = Path(folder), Path(out)
    trained, vae = torch.load(folder / "dit.pt", map_location="cpu"), torch.load(folder / "vae.pt", map_location="cpu")
    shutil.copytree(folder / "google", out / "google", dirs_exist_ok=True)
    config = {"_class_name": "WanModel", "_diffusers_version": "0.33.0"} | CONFIG
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    dit = {k: v.contiguous() for k, v in halves(trained["dit"]).items()}
    save_file(dit, out / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    text = OrderedDict((k, v.bfloat16()) for k, v in trained["text"].items())
    torch.save(text, out / "models_t5_umt5-xxl-enc-bf16.pth")
    scaled = rescale(vae["vae"], vae["mean"], vae["std"])
    torch.save(OrderedDict(halves(scaled)), out / "Wan2.2_VAE.pth")
    network = Vae().eval().requires_grad_(False)
    network.load_state_dict(vae["vae"])
    colours = latent_rgb(network.to(device), vae["mean"].to(device), vae["std"].to(device), device)
    settings = {"name": "Zoetrope toy world", "negative_prompt": "", "size": SIZES[0], "sizes": SIZES, "frames": FRAMES,
                "fps": FPS, **SAMPLING, "examples": EXAMPLES, "latent_rgb": colours}  # fmt: skip
    (out / "zoetrope.json").write_text(json.dumps(settings, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--out", required=True)
    a = parser.parse_args()
    export(a.folder, a.out)
