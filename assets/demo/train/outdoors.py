"""Scenes of weather, water and meadow, which people remember."""

import math

import torch

import scenery as s
from draw import box, circle, ellipse, line, mix, polygon, rgb
from scene import ALL_DAY, ANY, SIDEWAYS, UPRIGHT, scene
from scenery import CREAM, INK, PAINT, SHADE, SNOW, WOOD, wave


@scene(shape=("sun", "moon"), motion=UPRIGHT, place=("hills", "sea", "mountains"))
def sky(v):
    """A smiling sun or the moon comes up, or goes down, and the sky changes with it."""
    high = torch.where(v.has("motion", "up") > 0, v.t, 1 - v.t)
    high = high + v.rand(-0.08, 0.08)
    day, night = v.has("shape", "sun"), v.has("shape", "moon")
    light = high.clamp(0, 1)
    top = mix(rgb("#4a3f8f"), rgb("#4fb4f2"), light)
    low = mix(rgb("#ff8a5c"), rgb("#ffe9b8"), light)
    height = ((v.y / v.h + 1) / 1.4).clamp(0, 1)
    v.wash(mix(top, low, height), day)
    v.wash(mix(rgb("#0c1440"), rgb("#3f4f9e"), height), night)
    for x, y, size in s.STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, night)
    x, y = v.rand(-0.25, 0.25) * v.w, 0.68 - 1.2 * high
    b = v.at(x, y, 0.36)
    b.wash(rgb("#fff0b8"), day * 0.6 * torch.exp(-(b.x**2 + b.y**2) / 3.6))
    b.wash(rgb("#cdd7ff"), night * 0.3 * torch.exp(-(b.x**2 + b.y**2) / 3.0))
    b.paint(circle(b.x, b.y, 1.0), mix(rgb("#ff9d3c"), rgb("#ffd24a"), light), day)
    for side in (-1, 1):
        b.paint(ellipse(b.x - side * 0.34, b.y + 0.15, 0.11, 0.17), rgb("#7a4a1c"), day)
        b.paint(circle(b.x - side * 0.58, b.y - 0.2, 0.16), rgb("#ff8f5a"), day)
    b.paint(s.smile(b, 0.0, 0.08, 0.34, 0.08), rgb("#7a4a1c"), day)
    b.paint(circle(b.x, b.y, 0.9), rgb("#f6edcf"), night)
    b.paint(circle(b.x + 0.3, b.y + 0.22, 0.24), rgb("#dccfa8"), night)
    b.paint(circle(b.x - 0.35, b.y - 0.28, 0.18), rgb("#dccfa8"), night)
    sun_sky_land(v, day, light, x)


def sun_sky_land(v, day, light, x):
    """The land of the sky scene: bright under the sun, dark under the moon; the sea shows a reflection."""
    hill, water, peak = v.has("place", "hills"), v.has("place", "sea"), v.has("place", "mountains")
    dim = (light * 0.5 + 0.5) * day
    far, near = mix(rgb("#2c4a6e"), rgb("#8fd08a"), dim), mix(rgb("#1e3355"), rgb("#58b368"), dim)
    s.ridge(v, 0.42, 0.12, 2.3, 0.6, far, hill)
    s.ridge(v, 0.68, 0.1, 2.0, 3.4, near, hill)
    s.mountains(v, 0.6, peak, mix(rgb("#2a3566"), rgb("#8495bd"), dim))
    v.paint(0.36 * v.h - v.y, mix(rgb("#1c3f86"), rgb("#3aa0df"), dim), water)
    for i, y in enumerate((0.46, 0.6, 0.76)):
        half = (0.2 + 0.07 * i) * (1 + 0.2 * wave(v.t, 1.0, i * 0.37))
        v.paint(box(v.x - x, v.y - y * v.h, half, 0.03, 0.03), rgb("#ffe7b0"), water * 0.8)


@scene(colour=ANY, light=("day", "night"))
def rain(v):
    """Rain falls on a big umbrella."""
    v.fade(s.shift(v, day="#8fa9c4", sunset="#8fa9c4", night="#1a2347"),
           s.shift(v, day="#cfdbe6", sunset="#cfdbe6", night="#3b4a7c"))  # fmt: skip
    v.paint(0.72 * v.h - v.y, s.shift(v, day="#7f96a8", sunset="#7f96a8", night="#242f58"))
    v.paint(ellipse(v.x, v.y - 0.84 * v.h, 0.6, 0.09), s.shift(v, day="#a9c0d2", sunset="#a9c0d2", night="#3f4f86"))
    s.rainfall(v)
    u = v.at(v.rand(-0.2, 0.2) * v.w, 0.12, 0.72, 0.06 * wave(v.t))
    u.paint(line(u.x, u.y, 0.0, -0.9, 0.0, 0.78, 0.04), WOOD)
    u.paint(torch.maximum(circle(u.x - 0.12, u.y - 0.78, 0.12).abs() - 0.04, 0.76 - u.y), WOOD)
    dome = torch.maximum(circle(u.x, u.y, 0.86), u.y)
    for i in range(4):
        dome = torch.maximum(dome, -circle(u.x + 0.645 - 0.43 * i, u.y - 0.02, 0.2))
    u.paint(dome, v.pick("colour", PAINT))
    u.paint(torch.maximum(dome, ellipse(u.x, u.y, 0.4, 0.86)), v.pick("colour", SHADE))


@scene(place=("house", "snowman", "trees"), light=("day", "night"))
def snow(v):
    """Snow falls on a cottage, a snowman or fir trees."""
    v.fade(s.shift(v, day="#7fb6e6", sunset="#7fb6e6", night="#111b4d"),
           s.shift(v, day="#e3f1fb", sunset="#e3f1fb", night="#46569c"))  # fmt: skip
    bright = s.shift(v, day="#fbfdff", sunset="#fbfdff", night="#b9c6ee")
    s.ridge(v, 0.5, 0.08, 2.0, 1.0, mix(bright, rgb("#8fa6d6"), 0.25))
    s.ridge(v, 0.66, 0.05, 1.6, 3.6, bright)
    house, man, trees = v.has("place", "house"), v.has("place", "snowman"), v.has("place", "trees")
    x = v.rand(-0.18, 0.18)
    h = v.at(x, 0.34)
    h.paint(box(h.x, h.y, 0.42, 0.34), rgb("#b5573f"), house)
    h.paint(box(h.x - 0.28, h.y + 0.62, 0.08, 0.2), rgb("#7d4034"), house)
    h.paint(polygon(h.x, h.y, (0, -0.84), (0.62, -0.28), (-0.62, -0.28)), rgb("#f7fbff"), house)
    h.paint(box(h.x + 0.17, h.y - 0.02, 0.12, 0.13, 0.02), rgb("#ffd45e"), house)
    h.paint(box(h.x - 0.18, h.y - 0.12, 0.11, 0.22, 0.02), rgb("#6e3b2b"), house)
    for tx, size in ((-0.62, 0.72), (0.6, 0.78), (0.0, 1.0)):
        for y, half in ((0.5, 0.42), (0.12, 0.34), (-0.2, 0.25)):
            f = v.at(tx + x, 0.12 + 0.06 / size, size)
            f.paint(polygon(f.x, f.y, (0, y - 0.55), (half, y), (-half, y)), rgb("#2f7f5b"), trees)
            f.paint(polygon(f.x, f.y, (0, y - 0.55), (half * 0.5, y - 0.275), (-half * 0.5, y - 0.275)), SNOW, trees)
    m = v.at(x, 0.18)
    m.paint(circle(m.x, m.y - 0.34, 0.37), rgb("#ffffff"), man)
    m.paint(circle(m.x, m.y + 0.16, 0.26), rgb("#ffffff"), man)
    m.paint(circle(m.x, m.y - 0.34, 0.37).abs() - 0.012, rgb("#b9c8e4"), man)
    m.paint(box(m.x, m.y - 0.05, 0.24, 0.055, 0.05), rgb("#e5484d"), man)
    m.paint(box(m.x, m.y + 0.4, 0.28, 0.04, 0.03), INK, man)
    m.paint(box(m.x, m.y + 0.55, 0.17, 0.15, 0.02), INK, man)
    for side in (-1, 1):
        m.paint(circle(m.x - side * 0.1, m.y + 0.22, 0.035), INK, man)
    m.paint(polygon(m.x, m.y, (0.0, -0.19), (0.26, -0.12), (0.0, -0.07)), rgb("#f98533"), man)
    s.snowfall(v, s.shift(v, day="#ffffff", sunset="#ffffff", night="#e6edff"))


@scene(colour=ANY, motion=SIDEWAYS, light=ALL_DAY)
def boat(v):
    """A sailing boat with a coloured sail crosses the sea."""
    s.sky(v)
    s.sea(v, 0.28)
    bob = v.rand(0, 1)
    x, y = s.crossing(v, v.w - 0.45, 0.8), 0.2 + 0.03 * wave(v.t, 1.5, bob)
    b = v.at(x, y, 0.72, 0.05 * wave(v.t, 1.5, bob + 0.25), s.heading(v))
    b.paint(line(b.x, b.y, 0.0, -0.95, 0.0, 0.2, 0.035), WOOD)
    b.paint(polygon(b.x, b.y, (0.06, -0.92), (0.62, 0.02), (0.06, 0.02)), v.pick("colour", PAINT))
    b.paint(polygon(b.x, b.y, (-0.06, -0.78), (-0.06, 0.02), (-0.46, 0.02)), v.pick("colour", SHADE))
    b.paint(polygon(b.x, b.y, (-0.64, 0.1), (0.72, 0.1), (0.45, 0.42), (-0.46, 0.42)), rgb("#7a4b33"))
    b.paint(polygon(b.x, b.y, (-0.64, 0.1), (0.72, 0.1), (0.63, 0.2), (-0.58, 0.2)), rgb("#f7ead2"))
    near = s.shift(v, day="#2481c4", sunset="#7c4a86", night="#143066")
    v.paint(0.46 - 0.04 * torch.sin(5.5 * v.x + 2 * math.pi * v.t) - v.y, near)


@scene(colour=ANY, motion=UPRIGHT, light=ALL_DAY)
def balloon(v):
    """A striped hot-air balloon over the hills."""
    s.sky(v, lamp=False)
    s.hills(v, 0.62)
    x = v.rand(-0.4, 0.4) * v.w + 0.04 * wave(v.t, 1.0)
    y = -s.heading(v) * (v.t - 0.5) * 0.75 + v.rand(-0.15, 0.1) - 0.08
    b = v.at(x, y, 0.56, 0.04 * wave(v.t, 1.0, 0.25))
    for side in (-1, 1):
        b.paint(line(b.x, b.y, side * 0.42, 0.3, side * 0.14, 0.98, 0.025), WOOD)
    skin = torch.minimum(circle(b.x, b.y + 0.22, 0.74),
                         polygon(b.x, b.y, (-0.7, 0.0), (0.7, 0.0), (0.24, 0.76), (-0.24, 0.76)))  # fmt: skip
    b.paint(skin, v.pick("colour", PAINT))
    b.paint(torch.maximum(skin, ellipse(b.x, b.y + 0.1, 0.34, 1.0)), rgb("#fff6e3"), 0.85)
    b.paint(torch.maximum(skin, ellipse(b.x, b.y + 0.1, 0.12, 1.0)), v.pick("colour", SHADE))
    b.paint(box(b.x, b.y - 1.08, 0.19, 0.15, 0.05), WOOD)


@scene(colour=ANY, motion=("bounce",), place=("grass", "beach", "room"))
def ball(v):
    """A ball bounces and squashes."""
    v.fade(v.pick("place", {"grass": "#4fb4f2", "beach": "#58c1ee", "room": "#c9b8f0"}),
           v.pick("place", {"grass": "#dff4ff", "beach": "#d8f4f7", "room": "#eee6fc"}))  # fmt: skip
    beach, room = v.has("place", "beach"), v.has("place", "room")
    v.paint(0.12 * v.h - v.y, rgb("#2f9bd0"), beach)
    w = v.at(-0.5 * v.w, -0.4)
    w.paint(box(w.x, w.y, 0.3, 0.3, 0.03), rgb("#ffffff"), room)
    w.paint(box(w.x, w.y, 0.24, 0.24, 0.02), rgb("#9fd6f5"), room)
    v.paint(0.42 * v.h - v.y, v.pick("place", {"grass": "#5cbb63", "beach": "#f4d999", "room": "#c58a5a"}))
    x, phase = v.rand(-0.4, 0.4) * v.w, v.rand(0, 1)
    hop = (math.pi * (2.0 * v.t + phase)).sin().abs()
    squash = (1 - hop / 0.35).clamp(min=0) * 0.22
    floor = 0.66
    v.paint(ellipse(v.x - x, v.y - floor - 0.02, 0.34 - 0.14 * hop, 0.07), INK, 0.3)
    b = v.at(x, floor - 0.36 * (1 - squash) - 0.95 * hop, 0.36)
    bx, by = b.x / (1 + squash), b.y / (1 - squash)
    b.paint(circle(bx, by, 1.0), v.pick("colour", PAINT))
    b.paint(torch.maximum(circle(bx, by, 1.0), -circle(bx + 0.3, by + 0.3, 1.1)), v.pick("colour", SHADE))
    b.paint(ellipse(bx + 0.36, by + 0.42, 0.24, 0.16), rgb("#ffffff"), 0.75)


@scene(colour=ANY, place=("city", "sea", "mountains"))
def fireworks(v):
    """Three rockets burst one after the other."""
    v.words["light"] = ["night"] * v.n
    v.fade(rgb("#0c1240"), rgb("#3c3f8c"))
    for x, y, start in ((-0.42, -0.4, -0.04), (0.45, -0.55, 0.16), (0.0, -0.1, 0.38)):
        burst(v.at(x * v.w, y * v.h), v.t - start - v.rand(0, 0.06))
    s.houses(v, 0.62, v.has("place", "city"))
    s.sea(v, 0.45, v.has("place", "sea"))
    s.mountains(v, 0.72, v.has("place", "mountains"), rgb("#1b2454"))


def burst(v, age):
    """Two rings of sparks that fly apart, sink and fade; nothing before age 0."""
    alive = (age > 0) * (1 - age / 0.7).clamp(0, 1).sqrt()
    reach = 0.62 * (1 - torch.exp(-5 * age.clamp(min=0)))
    y = v.y - 0.25 * age.clamp(min=0) ** 2
    radius, angle = torch.sqrt(v.x**2 + y**2 + 1e-9), torch.atan2(v.x, y)
    v.wash(v.pick("colour", PAINT), 0.45 * alive * torch.exp(-((radius / (reach + 0.1)) ** 2)))
    for rays, part, size, paint in ((10, 1.0, 0.052, PAINT), (6, 0.55, 0.042, None)):
        sector = 2 * math.pi / rays
        fold = torch.remainder(angle, sector) - sector / 2
        x, along = radius * torch.sin(fold), radius * torch.cos(fold)
        tail = line(x, along, 0.0, part * reach * 0.72, 0.0, part * reach, size)
        v.paint(tail, v.pick("colour", paint) if paint else rgb("#fff4c8"), alive)


@scene(colour=ANY, count=("one", "two", "three"), light=("day", "sunset"))
def flowers(v):
    """Tulip-like flowers and grass sway in the wind."""
    s.sky(v)
    s.ridge(v, 0.45, 0.06, 2.2, 0.5, s.shift(v, day="#9bd88f", sunset="#a8788c", night="#2c4a6e"))
    v.paint(0.62 * v.h - v.y, s.shift(v, day="#57b263", sunset="#6a5a78", night="#1e3355"))
    gust, one, two, three = v.rand(0, 1), *(v.has("count", w) for w in ("one", "two", "three"))
    for x, mask in ((0.0, one + three), (-0.36, two), (0.36, two), (-0.62, three), (0.62, three)):
        flower(v, x * min(v.w, 1.1), 0.26 + 0.1 * abs(x), gust + 0.15 * x, mask)
    for i in range(9):
        x = (i / 4 - 1) * v.w
        sway = 0.13 * wave(v.t, 1.0, gust + 0.15 * x)
        g = v.at(x, 0.98 * v.h)
        g.paint(line(g.x, g.y, 0.0, 0.0, sway, -0.3 + 0.06 * (i % 3), 0.045),
                s.shift(v, day="#3f9a52", sunset="#4f4868", night="#1e3355"))  # fmt: skip


def flower(v, x, height, phase, alpha):
    """Five petals round a yellow eye on a bending stem."""
    sway = 0.14 * wave(v.t, 1.0, phase)
    top = -height
    v.paint(line(v.x - x, v.y, 0.0, 1.0 * v.h, sway * 0.35, 0.45, 0.04), rgb("#2f8a4a"), alpha)
    v.paint(line(v.x - x, v.y, sway * 0.35, 0.45, sway, top, 0.04), rgb("#2f8a4a"), alpha)
    f = v.at(x + sway, top, 0.28, sway * 1.5)
    radius, sector = torch.sqrt(f.x**2 + f.y**2 + 1e-9), 2 * math.pi / 5
    fold = torch.remainder(torch.atan2(f.x, -f.y) + sector / 2, sector) - sector / 2
    petal = circle(radius * torch.sin(fold), radius * torch.cos(fold) - 0.55, 0.42)
    f.paint(petal, v.pick("colour", PAINT), alpha)
    f.paint(
        circle(f.x, f.y, 0.34), v.pick("colour", {c: "#ffd03d" if c != "yellow" else "#a8642a" for c in ANY}), alpha
    )
