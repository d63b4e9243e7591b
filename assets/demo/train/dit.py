"""The Wan2.2 TI2V diffusion transformer at a small width.

Latents `[n, 48, frames, h, w]`, noise levels and text to a velocity of the same
shape. Every token has its own noise level, of which there are two: that of the
first frame (0 when a picture is given) and that of the rest.
Module and parameter names are those of the official checkpoint.
"""

import torch
from torch import nn
from torch.nn import functional as F

CONFIG = {"dim": 320, "eps": 1e-6, "ffn_dim": 640, "freq_dim": 256, "in_dim": 48, "model_type": "ti2v", "num_heads": 5,
          "num_layers": 8, "out_dim": 48, "text_len": 32}  # fmt: skip


def sinusoid(t, dim):
    """Noise levels in 0..1000, any shape, to [..., dim]: cosines, then sines."""
    rate = torch.pow(10000.0, -torch.arange(dim // 2, device=t.device, dtype=torch.float64) / (dim // 2))
    angle = t.double().unsqueeze(-1) * rate
    return torch.cat([angle.cos(), angle.sin()], -1).float()


def rotation(frames, h, w, head_dim, device):
    """Rotary angles of a grid as cosine and sine, each [frames * h * w, 1, head_dim / 2]."""
    third = 2 * (head_dim // 6)
    sizes = (head_dim - 2 * third, third, third)
    grid = torch.meshgrid(*(torch.arange(n, dtype=torch.float64, device=device) for n in (frames, h, w)), indexing="ij")
    angles = [
        axis.flatten()[:, None] / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64, device=device) / size)
        for axis, size in zip(grid, sizes)
    ]
    angles = torch.cat(angles, 1).unsqueeze(1)
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    """Turns neighbouring pairs of [n, length, heads, head_dim]."""
    a, b = x.unflatten(-1, (-1, 2)).float().unbind(-1)
    return torch.stack([a * cos - b * sin, a * sin + b * cos], -1).flatten(-2).to(x)


class Norm(nn.Module):
    """A root-mean-square norm over all heads together."""

    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + CONFIG["eps"]) * self.weight).to(x)


class Attention(nn.Module):
    """From `x` to `source`; with a rotation it is self-attention."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim) for _ in range(4))
        self.norm_q, self.norm_k = Norm(dim), Norm(dim)

    def forward(self, x, source, turn=None):
        q, k, v = self.norm_q(self.q(x)), self.norm_k(self.k(source)), self.v(source)
        q, k, v = (y.unflatten(-1, (self.heads, -1)) for y in (q, k, v))
        if turn is not None:
            q, k = rotate(q, *turn), rotate(k, *turn)
        y = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        return self.o(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, dim, hidden, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, CONFIG["eps"], elementwise_affine=False)
        self.self_attn = Attention(dim, heads)
        self.norm3 = nn.LayerNorm(dim, CONFIG["eps"])
        self.cross_attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, CONFIG["eps"], elementwise_affine=False)
        self.ffn = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(approximate="tanh"), nn.Linear(hidden, dim))
        self.modulation = nn.Parameter(torch.randn(1, 6, dim) / dim**0.5)

    def forward(self, x, levels, first, text, turn):
        """x [n, length, dim]; levels [n, 2, 6, dim]; first [length, 1], true in the first frame."""
        m = (levels + self.modulation).unbind(2)
        shift1, scale1, gate1, shift2, scale2, gate2 = (torch.where(first, y[:, :1], y[:, 1:]) for y in m)
        y = self.norm1(x.float()) * (1 + scale1) + shift1
        x = x + self.self_attn(y, y, turn).float() * gate1
        x = x + self.cross_attn(self.norm3(x), text).float()
        y = self.norm2(x) * (1 + scale2) + shift2
        return x + self.ffn(y).float() * gate2


class Head(nn.Module):
    def __init__(self, dim, out):
        super().__init__()
        self.norm = nn.LayerNorm(dim, CONFIG["eps"], elementwise_affine=False)
        self.head = nn.Linear(dim, out)
        self.modulation = nn.Parameter(torch.randn(1, 2, dim) / dim**0.5)

    def forward(self, x, level, first):
        shift, scale = (
            torch.where(first, y[:, :1], y[:, 1:]) for y in (level.unsqueeze(2) + self.modulation).unbind(2)
        )
        return self.head(self.norm(x) * (1 + scale) + shift)


class Dit(nn.Module):
    def __init__(self, text_dim, config=CONFIG):
        super().__init__()
        dim = config["dim"]
        self.config = config
        self.patch_embedding = nn.Conv3d(config["in_dim"], dim, (1, 2, 2), (1, 2, 2))
        self.text_embedding = nn.Sequential(nn.Linear(text_dim, dim), nn.GELU(approximate="tanh"), nn.Linear(dim, dim))
        self.time_embedding = nn.Sequential(nn.Linear(config["freq_dim"], dim), nn.SiLU(), nn.Linear(dim, dim))
        self.time_projection = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(
            Block(dim, config["ffn_dim"], config["num_heads"]) for _ in range(config["num_layers"])
        )
        self.head = Head(dim, 4 * config["out_dim"])
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_uniform_(m.weight)
                nn.init.zeros_(m.bias)
        nn.init.zeros_(self.head.head.weight)

    def forward(self, x, t, context):
        """x [n, 48, f, h, w]; t [n, 2] in 0..1000, first frame and rest; context [n, text_len, text_dim]."""
        n, c, f, h, w = x.shape
        h, w = h // 2, w // 2
        turn = rotation(f, h, w, self.config["dim"] // self.config["num_heads"], x.device)
        first = (torch.arange(f * h * w, device=x.device) < h * w).unsqueeze(1)
        level = self.time_embedding(sinusoid(t, self.config["freq_dim"])).float()  # (n, 2, dim)
        levels = self.time_projection(level).float().unflatten(2, (6, -1))
        text = self.text_embedding(context)
        x = self.patches(x.reshape(n, c, f, h, 2, w, 2))
        for block in self.blocks:
            x = block(x, levels, first, text, turn)
        x = self.head(x, level, first).float()
        x = x.reshape(n, f, h, w, 2, 2, c).permute(0, 6, 1, 2, 4, 3, 5)
        return x.reshape(n, c, f, 2 * h, 2 * w)

    def patches(self, x):
        """2x2 patches to tokens, as a matrix product: [n, c, f, h, 2, w, 2] -> [n, f * h * w, dim]."""
        x = x.permute(0, 2, 3, 5, 1, 4, 6).flatten(4).flatten(1, 3)
        return F.linear(x, self.patch_embedding.weight.flatten(1), self.patch_embedding.bias)
