"""The forward pass of a Wan DiT in PyTorch, with random weights: what `zoetrope bench` is compared with.

The layers and their types are those that diffusers uses (`transformer_wan.py`): bfloat16 products and residual stream,
norms and modulation in float32, a timestep for each token of TI2V, attention through `scaled_dot_product_attention`.

    python3 dit.py --network ti2v-5b --size 1280x704 --frames 121 --batch 1
"""

import argparse
import json
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from timing import timed

FREQUENCIES, EPS = 256, 1e-6


@dataclass
class Sizes:
    dim: int
    hidden: int
    heads: int
    layers: int
    channels: int = 16
    stride: int = 8  # pixels to a latent
    text: int = 4096
    text_length: int = 512

    @property
    def per_token(self):
        """Whether each token has a timestep of its own."""
        return self.channels == 48


NETWORKS = {
    "ti2v-5b": Sizes(3072, 14336, 24, 30, channels=48, stride=16),
    "t2v-a14b": Sizes(5120, 13824, 40, 40),
    "t2v-1.3b": Sizes(1536, 8960, 12, 30),
    "demo": Sizes(320, 640, 5, 8, channels=48, stride=16, text=128, text_length=32),
}


class Attention(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.heads = sizes.heads
        self.q, self.k, self.v, self.o = (nn.Linear(sizes.dim, sizes.dim) for _ in range(4))
        self.norm_q, self.norm_k = (nn.RMSNorm(sizes.dim, EPS) for _ in range(2))

    def forward(self, x, memory, rotate=lambda x: x):
        heads = lambda x: x.unflatten(2, (self.heads, -1))
        q = rotate(heads(self.norm_q(self.q(x))))
        k = rotate(heads(self.norm_k(self.k(memory))))
        v = heads(self.v(memory))
        y = F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v)))
        return self.o(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        dim = sizes.dim
        self.modulation = nn.Parameter(torch.randn(1, 6, dim) / dim**0.5)
        self.attention, self.cross = Attention(sizes), Attention(sizes)
        self.norm = nn.LayerNorm(dim, EPS)
        self.ffn = nn.Sequential(nn.Linear(dim, sizes.hidden), nn.GELU("tanh"), nn.Linear(sizes.hidden, dim))

    def forward(self, x, vectors, text, rotate):  # vectors: (batch, tokens or 1, 6, dim)
        shift, scale, gate, shift_feed, scale_feed, gate_feed = (
            v.squeeze(2) for v in (self.modulation.float() + vectors.float()).chunk(6, 2)
        )
        dim = x.shape[-1:]
        y = (F.layer_norm(x.float(), dim, eps=EPS) * (1 + scale) + shift).type_as(x)
        x = (x.float() + self.attention(y, y, rotate) * gate).type_as(x)
        norm = self.norm
        y = F.layer_norm(x.float(), dim, norm.weight.float(), norm.bias.float(), EPS).type_as(x)
        x = x + self.cross(y, text)
        y = (F.layer_norm(x.float(), dim, eps=EPS) * (1 + scale_feed) + shift_feed).type_as(x)
        return (x.float() + self.ffn(y).float() * gate_feed).type_as(x)


class Dit(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        dim = sizes.dim
        self.sizes = sizes
        self.patch = nn.Conv3d(sizes.channels, dim, (1, 2, 2), (1, 2, 2))
        self.text = nn.Sequential(nn.Linear(sizes.text, dim), nn.GELU("tanh"), nn.Linear(dim, dim))
        self.time = nn.Sequential(nn.Linear(FREQUENCIES, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.layers))
        self.modulation = nn.Parameter(torch.randn(1, 2, dim) / dim**0.5)
        self.head = nn.Linear(dim, 4 * sizes.channels)

    def forward(self, latents, timesteps, text):  # (b, c, f, h, w), (b, tokens or 1), (b, text tokens, text width)
        frames, height, width = latents.shape[2], latents.shape[3] // 2, latents.shape[4] // 2
        x = self.patch(latents).flatten(2).transpose(1, 2)
        waves = sinusoids(timesteps).to(x.dtype)
        embedding = self.time(waves)
        vectors = self.project(embedding).unflatten(2, (6, -1))
        text = self.text(text)
        cosines, sines = rotations(self.sizes, frames, height, width, x.device)

        def rotate(x):  # (b, tokens, heads, width)
            even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
            turned = (even * cosines - odd * sines, even * sines + odd * cosines)
            return torch.stack(turned, -1).flatten(-2).type_as(x)

        for block in self.blocks:
            x = block(x, vectors, text, rotate)
        shift, scale = (self.modulation.float().unsqueeze(1) + embedding.float().unsqueeze(2)).unbind(2)
        x = (F.layer_norm(x.float(), x.shape[-1:], eps=EPS) * (1 + scale) + shift).type_as(x)
        return self.head(x)


def sinusoids(timesteps):
    half = FREQUENCIES // 2
    periods = 10000 ** (-torch.arange(half, device=timesteps.device) / half)
    angles = timesteps.float().unsqueeze(-1) * periods
    return torch.cat((angles.cos(), angles.sin()), -1)


def rotations(sizes, frames, height, width, device):
    pairs = sizes.dim // sizes.heads // 2
    side = pairs // 3
    angles = []
    for axis, (length, count) in enumerate(((frames, pairs - 2 * side), (height, side), (width, side))):
        speeds = 10000 ** (-torch.arange(count, device=device).double() / count)
        shape = [1, 1, 1, count]
        shape[axis] = length
        turns = (torch.arange(length, device=device).double().unsqueeze(1) * speeds).view(shape)
        angles.append(turns.expand(frames, height, width, count))
    angles = torch.cat(angles, -1).flatten(0, 2).view(1, -1, 1, pairs)
    return angles.cos().float(), angles.sin().float()


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, default="ti2v-5b")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--size", default="1280x704")
    parser.add_argument("--frames", type=int, default=121)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    torch.set_default_device(args.device)
    # Processors have no fast products of half precision.
    torch.set_default_dtype(torch.bfloat16 if args.device == "cuda" else torch.float32)
    sizes = NETWORKS[args.network]
    dit = Dit(sizes).eval()
    width, height = (int(side) // sizes.stride for side in args.size.split("x"))
    frames = (args.frames - 1) // 4 + 1
    latents = torch.randn(args.batch, sizes.channels, frames, height, width)
    text = torch.randn(args.batch, sizes.text_length, sizes.text)
    timesteps = torch.full((args.batch, 1), 500.0, dtype=torch.float32)
    if sizes.per_token:
        # A clean first frame, as with a picture: two distinct timesteps.
        tokens_in_frame = height // 2 * (width // 2)
        timesteps = timesteps.repeat(1, frames * tokens_in_frame)
        timesteps[:, :tokens_in_frame] = 0
    print(json.dumps(vars(args) | timed(lambda: dit(latents, timesteps, text), args.runs)))


if __name__ == "__main__":
    main()
