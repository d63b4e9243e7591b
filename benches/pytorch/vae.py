"""The decoder of the Wan2.2 VAE in PyTorch, with random weights: what `zoetrope bench` is compared with.

It streams as the official code does (`wan/modules/vae2_2.py`): a latent frame at a time, each causal convolution with the
last two frames that it has seen.

    python3 vae.py --size 1280x704 --frames 121 --dtype f32
"""

import argparse
import json

import torch
import torch.nn.functional as F
from torch import nn

from timing import timed

LATENT, PATCH = 48, 12
WIDTHS = {"ti2v-5b": (1024, 1024, 512, 256), "demo": (64, 64, 32, 16)}
TIME, SPACE = (2, 2, 1, 1), (2, 2, 2, 1)  # how each stage grows the clip
BLOCKS = 3


class CausalConv(nn.Conv3d):
    def __init__(self, inputs, outputs, side=3):
        super().__init__(inputs, outputs, (3, side, side), padding=(0, side // 2, side // 2))
        self.past = None

    def forward(self, x):  # (1, c, t, h, w)
        if self.past is None:
            self.past = torch.zeros_like(x[:, :, :1]).expand(-1, -1, 2, -1, -1)
        x = torch.cat((self.past, x), 2)
        self.past = x[:, :, -2:].clone()
        return super().forward(x)


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels, 1, 1, 1))

    def forward(self, x):
        return F.normalize(x, dim=1) * x.shape[1] ** 0.5 * self.gamma


class Residual(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.branch = nn.Sequential(
            Norm(inputs), nn.SiLU(), CausalConv(inputs, outputs),
            Norm(outputs), nn.SiLU(), CausalConv(outputs, outputs),
        )  # fmt: skip
        self.shortcut = nn.Identity() if inputs == outputs else nn.Conv3d(inputs, outputs, 1)

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = Norm(channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), nn.Conv2d(channels, channels, 1)

    def forward(self, x):  # one frame
        y = self.qkv(self.norm(x).squeeze(2))
        q, k, v = y.flatten(2).transpose(1, 2).unsqueeze(1).contiguous().chunk(3, -1)
        y = F.scaled_dot_product_attention(q, k, v)
        y = y.squeeze(1).transpose(1, 2).reshape(x[:, :, 0].shape)
        return x + self.out(y).unsqueeze(2)


class Stage(nn.Module):
    def __init__(self, inputs, outputs, time, space):
        super().__init__()
        self.blocks = nn.Sequential(*(Residual(outputs if i else inputs, outputs) for i in range(BLOCKS)))
        self.time = CausalConv(outputs, 2 * outputs, 1) if time == 2 else None
        self.space = nn.Conv2d(outputs, outputs, 3, padding=1) if space == 2 else None
        self.outputs, self.factors = outputs, (time, space)

    def forward(self, x, first):
        y = self.blocks(x)
        if self.space is None:
            return y
        if self.time is not None and not first:
            y = self.time(y).unflatten(1, (2, -1))
            y = torch.stack(y.unbind(1), 3).flatten(2, 3)
        y = F.interpolate(y.squeeze(0).transpose(0, 1), scale_factor=2, mode="nearest")
        y = self.space(y).transpose(0, 1).unsqueeze(0)
        return y + self.duplicate(x, first)

    def duplicate(self, x, first):
        time, space = self.factors
        x = x.repeat_interleave(self.outputs * time * space**2 // x.shape[1], 1)
        x = x.unflatten(1, (self.outputs, time, space, space)).permute(0, 1, 5, 2, 6, 3, 7, 4)
        x = x.flatten(6, 7).flatten(4, 5).flatten(2, 3)
        return x[:, :, time - 1 :] if first else x


class Decoder(nn.Module):
    def __init__(self, widths):
        super().__init__()
        widest, narrowest = widths[0], widths[-1]
        self.first = nn.Conv3d(LATENT, LATENT, 1)
        self.middle = nn.Sequential(
            CausalConv(LATENT, widest), Residual(widest, widest), Attention(widest), Residual(widest, widest)
        )
        inputs = (widest, *widths)
        self.stages = nn.ModuleList(map(Stage, inputs, widths, TIME, SPACE))
        self.head = nn.Sequential(Norm(narrowest), nn.SiLU(), CausalConv(narrowest, PATCH))

    def forward(self, latents):  # (1, c, t, h, w)
        for conv in self.modules():
            if isinstance(conv, CausalConv):
                conv.past = None
        for i, frame in enumerate(self.first(latents).split(1, 2)):
            x = self.middle(frame)
            for stage in self.stages:
                x = stage(x, i == 0)
            x = self.head(x).squeeze(0).transpose(0, 1)
            yield F.pixel_shuffle(x, 2).clamp(-1, 1)


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="ti2v-5b", choices=WIDTHS)
    parser.add_argument("--size", default="1280x704")
    parser.add_argument("--frames", type=int, default=121)
    parser.add_argument("--dtype", default="f32", choices=("f32", "bf16"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.set_default_device(args.device)
    torch.set_default_dtype(torch.bfloat16 if args.dtype == "bf16" else torch.float32)
    decoder = Decoder(WIDTHS[args.network]).eval()
    width, height = (int(side) // 16 for side in args.size.split("x"))
    latents = torch.randn(1, LATENT, (args.frames - 1) // 4 + 1, height, width)

    def decode():
        frames = sum(frames.shape[0] for frames in decoder(latents))
        assert frames == args.frames, frames

    print(json.dumps(vars(args) | timed(decode, args.runs)))


if __name__ == "__main__":
    main()
