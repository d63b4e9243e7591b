"""The Wan2.2 video autoencoder at small widths.

Video `[n, 3, 1 + 4k, 16h, 16w]` in -1..1 <-> latents `[n, 48, 1 + k, h, w]`.
The official code streams frames through caches; this forward takes the whole
sequence and equals it, because what differs is only the first frame: temporal
sampling leaves it alone, and the frames after it do not see it there.
Module and parameter names are those of the official checkpoint.
"""

import torch
from torch import nn
from torch.nn import functional as F

WIDTH, LATENT, STRETCH = 16, 48, (1, 2, 4, 4)
IN_TIME = (False, True, True)  # which of the three downsamplings also halve time


class Conv(nn.Conv3d):
    """A convolution that sees the past and never the future."""

    def __init__(self, i, o, kernel):
        super().__init__(i, o, kernel, padding=(0, kernel // 2, kernel // 2))
        self.past = kernel - 1

    def forward(self, x):
        return super().forward(F.pad(x, (0, 0, 0, 0, self.past, 0)) if self.past else x)


class Norm(nn.Module):
    """A root-mean-square norm over channels; `axes` is how many trailing axes gamma has."""

    def __init__(self, dim, axes=3):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim, *[1] * axes))

    def forward(self, x):
        length = torch.linalg.vector_norm(x, dim=1, keepdim=True, dtype=torch.float32).clamp(min=1e-12)
        return x * (len(self.gamma) ** 0.5 / length).to(x) * self.gamma


class Residual(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.residual = nn.Sequential(
            Norm(i), nn.SiLU(), Conv(i, o, 3), Norm(o), nn.SiLU(), nn.Identity(), Conv(o, o, 3)
        )
        self.shortcut = Conv(i, o, 1) if i != o else nn.Identity()

    def forward(self, x):
        return self.shortcut(x) + self.residual(x)


class Attention(nn.Module):
    """Self-attention inside each frame, one head."""

    def __init__(self, dim):
        super().__init__()
        self.norm, self.to_qkv, self.proj = Norm(dim, 2), nn.Conv2d(dim, 3 * dim, 1), nn.Conv2d(dim, dim, 1)

    def forward(self, x):
        n, c, t, h, w = x.shape
        y = self.to_qkv(self.norm(x.transpose(1, 2).flatten(0, 1)))
        q, k, v = y.flatten(2).transpose(1, 2).unsqueeze(1).chunk(3, dim=-1)
        y = F.scaled_dot_product_attention(q, k, v).squeeze(1).transpose(1, 2).reshape(n * t, c, h, w)
        return x + self.proj(y).unflatten(0, (n, t)).transpose(1, 2)


def each_frame(layer, x):
    """A 2-D layer on every frame."""
    n, _, t = x.shape[:3]
    return layer(x.transpose(1, 2).flatten(0, 1)).unflatten(0, (n, t)).transpose(1, 2)


class Shrink(nn.Module):
    """Half the size, and half the frames after the first if `time`."""

    def __init__(self, dim, time):
        super().__init__()
        self.resample = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(dim, dim, 3, 2))
        if time:
            self.time_conv = nn.Conv3d(dim, dim, (3, 1, 1), (2, 1, 1))

    def forward(self, x):
        x = each_frame(self.resample, x)
        if hasattr(self, "time_conv") and x.shape[2] > 1:
            x = torch.cat([x[:, :, :1], self.time_conv(x)], 2)
        return x


class Enlarge(nn.Module):
    """Twice the size, and twice the frames after the first if `time`."""

    def __init__(self, dim, time):
        super().__init__()
        self.resample = nn.Sequential(
            nn.Upsample(scale_factor=2, mode="nearest-exact"), nn.Conv2d(dim, dim, 3, padding=1)
        )
        if time:
            self.time_conv = nn.Conv3d(dim, 2 * dim, (3, 1, 1))

    def forward(self, x):
        if hasattr(self, "time_conv") and x.shape[2] > 1:
            y = self.time_conv(F.pad(x[:, :, 1:], (0, 0, 0, 0, 2, 0)))
            y = y.unflatten(1, (2, -1)).movedim(1, 3).flatten(2, 3)
            x = torch.cat([x[:, :, :1], y], 2)
        return each_frame(self.resample, x)


class Down(nn.Module):
    def __init__(self, i, o, blocks, space, time):
        super().__init__()
        self.out, self.space, self.time = o, 1 + space, 1 + time
        parts = [Residual(i if b == 0 else o, o) for b in range(blocks)]
        self.downsamples = nn.Sequential(*parts, *([Shrink(o, time)] if space else []))

    def forward(self, x):
        return self.downsamples(x) + self.average(x)

    def average(self, x):
        """The shortcut: pixels folded into channels, channels averaged in groups."""
        if x.shape[2] % self.time:
            x = F.pad(x, (0, 0, 0, 0, 1, 0))
        n, c, t, h, w = x.shape
        x = x.reshape(n, c, t // self.time, self.time, h // self.space, self.space, w // self.space, self.space)
        x = x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(n, self.out, -1, t // self.time, h // self.space, w // self.space)
        return x.mean(2)


class Up(nn.Module):
    def __init__(self, i, o, blocks, space, time):
        super().__init__()
        self.out, self.space, self.time = o, 1 + space, 1 + time
        parts = [Residual(i if b == 0 else o, o) for b in range(blocks)]
        self.upsamples = nn.Sequential(*parts, *([Enlarge(o, time)] if space else []))

    def forward(self, x):
        return self.upsamples(x) + self.repeat(x) if self.space > 1 else self.upsamples(x)

    def repeat(self, x):
        """The shortcut: channels repeated, then unfolded into pixels."""
        n, c, t, h, w = x.shape
        x = x.repeat_interleave(self.out * self.time * self.space**2 // c, dim=1)
        x = x.reshape(n, self.out, self.time, self.space, self.space, t, h, w).permute(0, 1, 5, 2, 6, 3, 7, 4)
        return x.reshape(n, self.out, t * self.time, h * self.space, w * self.space)[:, :, self.time - 1 :]


class Encoder(nn.Module):
    def __init__(self, width, latent, blocks=2):
        super().__init__()
        dims = [width] + [width * s for s in STRETCH]
        self.conv1 = Conv(12, dims[0], 3)
        self.downsamples = nn.Sequential(*(
            Down(i, o, blocks, level < 3, level < 3 and IN_TIME[level])
            for level, (i, o) in enumerate(zip(dims, dims[1:]))))  # fmt: skip
        self.middle = nn.Sequential(Residual(dims[-1], dims[-1]), Attention(dims[-1]), Residual(dims[-1], dims[-1]))
        self.head = nn.Sequential(Norm(dims[-1]), nn.SiLU(), Conv(dims[-1], latent, 3))

    def forward(self, x):
        return self.head(self.middle(self.downsamples(self.conv1(x))))


class Decoder(nn.Module):
    def __init__(self, width, latent, blocks=3):
        super().__init__()
        dims = [width * s for s in (STRETCH[-1], *STRETCH[::-1])]
        self.conv1 = Conv(latent, dims[0], 3)
        self.middle = nn.Sequential(Residual(dims[0], dims[0]), Attention(dims[0]), Residual(dims[0], dims[0]))
        self.upsamples = nn.Sequential(*(
            Up(i, o, blocks, level < 3, level < 3 and IN_TIME[2 - level])
            for level, (i, o) in enumerate(zip(dims, dims[1:]))))  # fmt: skip
        self.head = nn.Sequential(Norm(dims[-1]), nn.SiLU(), Conv(dims[-1], 12, 3))

    def forward(self, x):
        return self.head(self.upsamples(self.middle(self.conv1(x))))


class Vae(nn.Module):
    def __init__(self, width=WIDTH, decoder_width=WIDTH, latent=LATENT):
        super().__init__()
        self.encoder, self.conv1 = Encoder(width, 2 * latent), Conv(2 * latent, 2 * latent, 1)
        self.conv2, self.decoder = Conv(latent, latent, 1), Decoder(decoder_width, latent)

    def encode(self, video):
        """Mean and log variance of the latents, each [n, latent, 1 + k, h, w]."""
        n, c, t, h, w = video.shape
        x = video.reshape(n, c, t, h // 2, 2, w // 2, 2).permute(0, 1, 6, 4, 2, 3, 5)  # (n, c, right, low, t, h, w)
        return self.conv1(self.encoder(layout(x.reshape(n, 4 * c, t, h // 2, w // 2)))).chunk(2, dim=1)

    def decode(self, latents):
        x = self.decoder(self.conv2(layout(latents)))
        n, _, t, h, w = x.shape
        x = x.reshape(n, 3, 2, 2, t, h, w).permute(0, 1, 4, 5, 3, 6, 2)
        return x.reshape(n, 3, t, 2 * h, 2 * w)


def layout(x):
    """Channels last in memory: what the convolutions of an NVIDIA card want."""
    return x.contiguous(memory_format=torch.channels_last_3d)
