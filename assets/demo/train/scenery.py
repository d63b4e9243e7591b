"""What several scenes share: skies, lands, water and the colours of the world."""

import math

import torch

from draw import box, circle, ellipse, line, mix, polygon, rgb

PAINT = {"red": "#e5484d", "orange": "#f98533", "yellow": "#ffd03d", "green": "#3fb56c", "blue": "#3d7eea",
         "purple": "#8a55e0", "pink": "#f583bd", "white": "#fbfaf5", "black": "#2b2a33", "grey": "#9097a3"}  # fmt: skip
SHADE = {"red": "#b92f3d", "orange": "#d9641d", "yellow": "#eeae1f", "green": "#2a9055", "blue": "#2a5fc4",
         "purple": "#6a3cbb", "pink": "#dd5f9f", "white": "#d9dbe3", "black": "#1b1a22", "grey": "#6f7683"}  # fmt: skip
CREAM, INK, SNOW, WOOD = rgb("#fff4dc"), rgb("#2b2440"), rgb("#f4f8ff"), rgb("#8a5a3c")
STAR_PLACES = [(-0.82, -0.78, 1.0), (-0.42, -0.9, 0.7), (-0.12, -0.62, 0.9), (0.3, -0.86, 1.0), (0.72, -0.7, 0.7),
               (0.9, -0.28, 1.0), (-0.62, -0.36, 0.8), (0.5, -0.4, 0.8), (-0.9, -0.1, 0.7), (0.1, -0.25, 0.6)]  # fmt: skip


def wave(t, turns=1.0, phase=0.0):
    """A sine that goes round `turns` times during the clip."""
    return torch.sin(2 * math.pi * (turns * t + phase))


def heading(v):
    """+1 for clips whose motion is right or up, -1 for left or down."""
    return v.pick("motion", {"right": 1, "up": 1, "left": -1, "down": -1})


def crossing(v, reach, travel):
    """An x that travels to the clip's side, starting anywhere that stays in the picture."""
    room = reach - travel / 2
    return heading(v) * (v.t - 0.5) * travel + v.rand(-1, 1) * max(room, 0.05)


def shift(v, *, day, sunset, night):
    """A colour by the clip's light."""
    return v.pick("light", {"day": day, "sunset": sunset, "night": night})


def stars(v, strength=1.0):
    """The ten stars of this world, always the same."""
    for x, y, size in STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, strength)


def moon(v, x, y, radius=0.2):
    """A full moon with two seas."""
    m = v.at(x, y, radius)
    m.glow(1.9, rgb("#cdd7ff"), 0.35)
    m.paint(circle(m.x, m.y, 1.0), rgb("#f6edcf"))
    m.paint(circle(m.x + 0.3, m.y + 0.25, 0.26), rgb("#dfd3b0"))
    m.paint(circle(m.x - 0.35, m.y - 0.3, 0.19), rgb("#dfd3b0"))


def sun(v, x, y, radius=0.3, face=False):
    """A warm disc with a halo; the big one smiles."""
    s = v.at(x, y, radius)
    s.glow(1.9, rgb("#fff0b8"), 0.6)
    s.paint(circle(s.x, s.y, 1.0), rgb("#ffcf4a"))
    if face:
        for side in (-1, 1):
            s.paint(ellipse(s.x - side * 0.34, s.y + 0.15, 0.11, 0.16), rgb("#7a4a1c"))
            s.paint(circle(s.x - side * 0.58, s.y - 0.2, 0.17), rgb("#ff9c5a"))
        s.paint(smile(s, 0.0, 0.1, 0.34, 0.08), rgb("#7a4a1c"))


def smile(v, x, y, radius, width):
    """The lower part of a ring."""
    ring = circle(v.x - x, v.y - y, radius).abs() - width
    return torch.maximum(ring, y + radius * 0.35 - v.y)


def cloud(v, x, y, size, colour):
    """Three discs on a flat foot."""
    c = v.at(x, y, size)
    puffs = torch.minimum(circle(c.x + 0.55, c.y + 0.1, 0.42), circle(c.x - 0.05, c.y + 0.28, 0.55))
    puffs = torch.minimum(puffs, circle(c.x - 0.6, c.y + 0.08, 0.38))
    c.paint(torch.minimum(puffs, box(c.x, c.y - 0.1, 0.98, 0.26, 0.26)), colour)


def sky(v, lamp=True):
    """A sky by the clip's light, with clouds by day, a low sun at sunset, moon and stars at night."""
    top = shift(v, day="#4fb4f2", sunset="#5c4699", night="#0d1642")
    low = shift(v, day="#dff4ff", sunset="#ffb36b", night="#3a4a92")
    v.fade(top, low, end=0.7)
    if lamp:
        day, dusk, night = (v.has("light", word) for word in ("day", "sunset", "night"))
        for x, y, size in ((-0.5, -0.66, 0.26), (0.62, -0.5, 0.2)):
            c = v.at(x * v.w, y * v.h, size)
            puffs = torch.minimum(circle(c.x + 0.5, c.y + 0.1, 0.45), circle(c.x - 0.2, c.y + 0.28, 0.6))
            c.paint(torch.minimum(puffs, box(c.x, c.y - 0.1, 1.1, 0.28, 0.28)), rgb("#ffffff"), 0.9 * day)
        s = v.at(0.55 * v.w, 0.2 * v.h, 0.24)
        s.wash(rgb("#fff0b8"), dusk * 0.6 * torch.exp(-(s.x**2 + s.y**2) / 5))
        s.paint(circle(s.x, s.y, 1.0), rgb("#ffdf7a"), dusk)
        for x, y, size in STAR_PLACES:
            v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, night)
        m = v.at(0.6 * v.w, -0.6 * v.h, 0.17)
        m.paint(circle(m.x, m.y, 1.0), rgb("#f6edcf"), night)
        m.paint(circle(m.x + 0.45, m.y + 0.2, 0.85), mix(top, low, 0.15), night)


def ridge(v, level, height, waves, phase, colour, alpha=1.0):
    """Rolling land below `level` (in halves of the height)."""
    crest = level * v.h - height * torch.sin(waves * v.x + phase)
    v.paint((crest - v.y) * 0.9, colour, alpha)


def hills(v, level=0.5, alpha=1.0):
    """Two rows of green hills by the clip's light."""
    far = shift(v, day="#8fd08a", sunset="#8a7a8c", night="#2c4a6e")
    near = shift(v, day="#58b368", sunset="#5d5a75", night="#1e3355")
    ridge(v, level - 0.08, 0.12, 2.3, 0.6, far, alpha)
    ridge(v, level + 0.2, 0.1, 2.0, 3.4, near, alpha)


def mountains(v, level=0.5, alpha=1.0, colour=None):
    """Three peaks with snow on a plain."""
    rock = shift(v, day="#7d8fb5", sunset="#6b5a8e", night="#2a3566") if colour is None else colour
    base = level * v.h + 0.12
    for x, top, half in ((-0.75, 0.62, 0.62), (0.8, 0.7, 0.7), (0.05, 0.92, 0.75)):
        p = v.at(x * v.w, base, 1.0)
        p.paint(polygon(p.x, p.y, (0, -top), (half, 0.2), (-half, 0.2)), rock, alpha)
        cap = torch.maximum(polygon(p.x, p.y, (0, -top), (half, 0.2), (-half, 0.2)), p.y + top * 0.66)
        p.paint(cap, SNOW, alpha)
    v.paint(base - 0.08 - v.y, shift(v, day="#6fbf73", sunset="#574f74", night="#1e3355"), alpha)


def sea(v, level=0.3, alpha=1.0):
    """Water with two bands of slow waves."""
    far = shift(v, day="#3aa0df", sunset="#a8618f", night="#1c3f86")
    near = shift(v, day="#2481c4", sunset="#7c4a86", night="#143066")
    v.paint(level * v.h - v.y, far, alpha)
    crest = (level + 0.32) * v.h - 0.05 * torch.sin(5.5 * v.x + 2 * math.pi * v.t)
    v.paint(crest - v.y, near, alpha)


def fir(v, x, y, size, leaf, snow=None):
    """A fir of three tiers, its foot at (x, y)."""
    f = v.at(x, y, size)
    f.paint(box(f.x, f.y, 0.09, 0.2), WOOD)
    for i, (foot, half) in enumerate(((-0.12, 0.5), (-0.5, 0.4), (-0.86, 0.3))):
        f.paint(polygon(f.x, f.y, (0, foot - 0.62), (half, foot), (-half, foot)), leaf)
        if snow is not None:
            cap = torch.maximum(polygon(f.x, f.y, (0, foot - 0.62), (half, foot), (-half, foot)), f.y - foot + 0.3)
            f.paint(cap, snow)


def houses(v, level=0.55, alpha=1.0):
    """A skyline of four blocks with lit windows."""
    wall = shift(v, day="#7f8fc0", sunset="#6a4f86", night="#222d5e")
    pane = shift(v, day="#e8f3ff", sunset="#ffd27a", night="#ffd66b")
    for x, top, half in ((-0.78, 0.1, 0.24), (-0.27, -0.14, 0.22), (0.27, 0.16, 0.26), (0.78, -0.04, 0.22)):
        b = v.at(x * v.w, 0.0)
        b.paint(box(b.x, b.y - (top * v.h + 1.0), half * v.w**0.5, 1.0, 0.03), wall, alpha)
        for wx in (-0.09, 0.09):
            b.paint(box(b.x - wx, b.y - top * v.h - 0.17, 0.045, 0.06), pane, alpha)
    v.paint(level * v.h + 0.25 - v.y, shift(v, day="#8c93a8", sunset="#54456f", night="#1a2147"), alpha)


def snowfall(v, colour=SNOW, count=12, size=0.065):
    """Big flakes on fixed paths that start somewhere else in every clip."""
    phase = v.rand(0, 1)
    for i in range(count):
        x, start = 2 * (i * 0.7549 % 1) - 1, i * 0.5698 % 1
        y = torch.remainder(start + phase + 0.55 * v.t, 1.0) * 2.2 - 1.1
        sway = 0.06 * wave(v.t, 1.0, i * 0.29)
        v.paint(circle(v.x - x * v.w - sway, v.y - y * v.h, size), colour, 0.95)


def rainfall(v, count=12):
    """Long slanted drops on fixed paths."""
    phase = v.rand(0, 1)
    for i in range(count):
        x, start = 2 * (i * 0.7549 % 1) - 1, i * 0.5698 % 1
        y = (torch.remainder(start + phase + 1.5 * v.t, 1.0) * 2.5 - 1.25) * v.h
        v.paint(line(v.x - x * v.w, v.y - y, 0.04, -0.13, -0.04, 0.13, 0.024), rgb("#e3f2ff"), 0.75)
