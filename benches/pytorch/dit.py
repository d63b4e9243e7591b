"""The forward pass of the Wan2.2 TI2V-5B DiT in PyTorch, with random weights: what `zoetrope bench` is compared with.

The layers and their types are those that diffusers uses (`transformer_wan.py`): bfloat16 products and residual stream,
norms and modulation in float32, a timestep for each token, attention through `scaled_dot_product_attention`.

    python3 dit.py --size 1280x704 --frames 121 --batch 1
"""

import argparse
import json

import torch
import torch.nn.functional as F
from torch import nn

from timing import timed

DIM, HIDDEN, HEADS, LAYERS = 3072, 14336, 24, 30
CHANNELS, TEXT_LENGTH, TEXT_WIDTH, FREQUENCIES = 48, 512, 4096, 256
EPS = 1e-6


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(DIM, DIM) for _ in range(4))
        self.norm_q, self.norm_k = (nn.RMSNorm(DIM, EPS) for _ in range(2))

    def forward(self, x, memory, rotate=lambda x: x):
        heads = lambda x: x.unflatten(2, (HEADS, -1))
        q = rotate(heads(self.norm_q(self.q(x))))
        k = rotate(heads(self.norm_k(self.k(memory))))
        v = heads(self.v(memory))
        y = F.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v)))
        return self.o(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.modulation = nn.Parameter(torch.randn(1, 6, DIM) / DIM**0.5)
        self.attention, self.cross = Attention(), Attention()
        self.norm = nn.LayerNorm(DIM, EPS)
        self.ffn = nn.Sequential(nn.Linear(DIM, HIDDEN), nn.GELU("tanh"), nn.Linear(HIDDEN, DIM))

    def forward(self, x, vectors, text, rotate):  # vectors: (batch, tokens, 6, dim)
        shift, scale, gate, shift_feed, scale_feed, gate_feed = (
            v.squeeze(2) for v in (self.modulation.float() + vectors.float()).chunk(6, 2)
        )
        y = (F.layer_norm(x.float(), (DIM,), eps=EPS) * (1 + scale) + shift).type_as(x)
        x = (x.float() + self.attention(y, y, rotate) * gate).type_as(x)
        norm = self.norm
        y = F.layer_norm(x.float(), (DIM,), norm.weight.float(), norm.bias.float(), EPS).type_as(x)
        x = x + self.cross(y, text)
        y = (F.layer_norm(x.float(), (DIM,), eps=EPS) * (1 + scale_feed) + shift_feed).type_as(x)
        return (x.float() + self.ffn(y).float() * gate_feed).type_as(x)


class Dit(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv3d(CHANNELS, DIM, (1, 2, 2), (1, 2, 2))
        self.text = nn.Sequential(nn.Linear(TEXT_WIDTH, DIM), nn.GELU("tanh"), nn.Linear(DIM, DIM))
        self.time = nn.Sequential(nn.Linear(FREQUENCIES, DIM), nn.SiLU(), nn.Linear(DIM, DIM))
        self.project = nn.Sequential(nn.SiLU(), nn.Linear(DIM, 6 * DIM))
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.modulation = nn.Parameter(torch.randn(1, 2, DIM) / DIM**0.5)
        self.head = nn.Linear(DIM, 4 * CHANNELS)

    def forward(self, latents, timesteps, text):  # (b, c, f, h, w), (b, tokens), (b, 512, 4096)
        frames, height, width = latents.shape[2], latents.shape[3] // 2, latents.shape[4] // 2
        x = self.patch(latents).flatten(2).transpose(1, 2)
        waves = sinusoids(timesteps).to(x.dtype)
        embedding = self.time(waves)
        vectors = self.project(embedding).unflatten(2, (6, -1))
        text = self.text(text)
        cosines, sines = rotations(frames, height, width, x.device)

        def rotate(x):  # (b, tokens, heads, width)
            even, odd = x.unflatten(-1, (-1, 2)).unbind(-1)
            turned = (even * cosines - odd * sines, even * sines + odd * cosines)
            return torch.stack(turned, -1).flatten(-2).type_as(x)

        for block in self.blocks:
            x = block(x, vectors, text, rotate)
        shift, scale = (self.modulation.float().unsqueeze(1) + embedding.float().unsqueeze(2)).unbind(2)
        x = (F.layer_norm(x.float(), (DIM,), eps=EPS) * (1 + scale) + shift).type_as(x)
        return self.head(x)


def sinusoids(timesteps):
    half = FREQUENCIES // 2
    periods = 10000 ** (-torch.arange(half, device=timesteps.device) / half)
    angles = timesteps.float().unsqueeze(-1) * periods
    return torch.cat((angles.cos(), angles.sin()), -1)


def rotations(frames, height, width, device):
    pairs = DIM // HEADS // 2
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
    parser.add_argument("--size", default="1280x704")
    parser.add_argument("--frames", type=int, default=121)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    torch.set_default_device("cuda")
    torch.set_default_dtype(torch.bfloat16)
    dit = Dit().eval()
    width, height = (int(side) // 16 for side in args.size.split("x"))
    frames = (args.frames - 1) // 4 + 1
    latents = torch.randn(args.batch, CHANNELS, frames, height, width)
    text = torch.randn(args.batch, TEXT_LENGTH, TEXT_WIDTH)
    tokens_in_frame = height // 2 * (width // 2)
    # A clean first frame, as with a picture: two distinct timesteps.
    timesteps = torch.full((args.batch, frames * tokens_in_frame), 500.0, dtype=torch.float32)
    timesteps[:, :tokens_in_frame] = 0
    print(json.dumps(vars(args) | timed(lambda: dit(latents, timesteps, text), args.runs)))


if __name__ == "__main__":
    main()
