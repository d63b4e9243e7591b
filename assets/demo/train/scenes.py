"""The twenty scenes of the toy world and its moving shapes.

Each scene is a function that paints `n` clips at once on a `View`, and the
words it understands. `SCENES[kind] = (paint, {slot: words})`.
"""

import math

import torch

import scenery as s
from draw import SHAPES, box, circle, ellipse, line, mix, polygon, rgb
from scenery import CREAM, INK, PAINT, SHADE, SNOW, WOOD, wave
from words import COLOURS, SLOTS

SCENES = {}
ANY = tuple(COLOURS)
SIDEWAYS, UPRIGHT = ("left", "right"), ("up", "down")
ALL_DAY = ("day", "sunset", "night")
HARD_TO_SEE = {("white", "white"), ("white", "cream"), ("yellow", "cream"), ("yellow", "white"), ("green", "teal"),
               ("blue", "teal"), ("blue", "sky"), ("white", "sky"), ("white", "stripes"), ("pink", "stripes"),
               ("purple", "stars"), ("blue", "stars")}  # fmt: skip


def scene(**slots):
    """Registers a scene under its function's name."""

    def register(paint):
        SCENES[paint.__name__] = (paint, slots)
        return paint

    return register


@scene(shape=tuple(SHAPES), colour=ANY, motion=tuple(SLOTS["motion"]), place=tuple(SLOTS["place"][:7]))
def shape(v):
    """A large flat shape with a soft shadow, moving over a plain or simple background."""
    ground(v)
    t = v.t
    r = v.rand(0.36, 0.52)
    along, across = 2 * v.rand(0, 1) - 1, 2 * v.rand(0, 1) - 1
    travel = v.rand(0.7, 0.95)
    turn0 = v.rand(0, 1)
    one = {m: v.has("motion", m) for m in SLOTS["motion"]}
    sideways, upright = one["left"] + one["right"], one["up"] + one["down"]
    sign = s.heading(v)
    room_x, room_y = (v.w - r).clamp(min=0.1), (v.h - r).clamp(min=0.1)
    path = sign * (t - 0.5) * travel
    x = sideways * (path + along * (v.w - 0.75 * r - travel / 2).clamp(min=0))
    y = -upright * (path + along * (v.h - 0.75 * r - travel / 2).clamp(min=0))
    x = x + (1 - sideways - one["round"]) * across * room_x * 0.7
    y = y + (1 - upright - one["round"] - one["bounce"]) * across * room_y * 0.6
    hop = (math.pi * (1.5 * t + turn0)).sin().abs()
    y = y + one["bounce"] * (v.h - r * 1.05 - hop * (1.1 - r))
    orbit = 2 * math.pi * (t + turn0)
    x, y = x + one["round"] * 0.5 * orbit.cos(), y + one["round"] * 0.5 * orbit.sin()
    r = r * (1 - one["round"] * 0.25)
    size = r * (1 + one["grow"] * (0.42 + 0.95 * t - 1) + one["shrink"] * (1.37 - 0.95 * t - 1))
    angle = one["spin"] * 2 * math.pi * (0.75 * t + turn0)
    kinds = v.words["shape"]
    p, shadow = v.at(x, y, size, angle), v.at(x + 0.05, y + 0.07, size, angle)
    for name, outline in SHAPES.items():
        mask = v.has("shape", name)
        if name in kinds:
            shadow.paint(outline(shadow.x, shadow.y, 1.0), rgb("#1a2040"), 0.22 * mask)
            p.paint(outline(p.x, p.y, 1.0), v.pick("colour", PAINT), mask)


def ground(v):
    """The background of a shape."""
    plain = {"white": "#ffffff", "black": "#1d1d24", "cream": "#f7e3bd", "teal": "#23a3a0", "sky": "#4fb4f2",
             "stars": "#141c4e", "stripes": "#cfe0f2"}  # fmt: skip
    low = dict(plain, sky="#dff4ff", stars="#35458c")
    v.fade(v.pick("place", plain), v.pick("place", low))
    day, night, stripes = v.has("place", "sky"), v.has("place", "stars"), v.has("place", "stripes")
    for x, y, size in s.STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, night)
    for x, y, size in ((-0.5, -0.62, 0.26), (0.55, 0.2, 0.22), (-0.45, 0.66, 0.2)):
        c = v.at(x * v.w, y * v.h, size)
        c.paint(torch.minimum(circle(c.x + 0.2, c.y + 0.25, 0.6), box(c.x, c.y - 0.1, 1.1, 0.28, 0.28)),
                rgb("#ffffff"), 0.85 * day)  # fmt: skip
    band = (torch.remainder((v.x + v.y) / 0.9, 1.0) - 0.5).abs() - 0.25
    v.paint(band * 0.64, rgb("#f4f8fd"), stripes)


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
    f.paint(circle(f.x, f.y, 0.34), v.pick("colour", {c: "#ffd03d" if c != "yellow" else "#a8642a" for c in ANY}), alpha)


@scene(colour=ANY, motion=UPRIGHT, place=("grass", "stars"))
def rocket(v):
    """A round little rocket takes off or lands, on earth or on the moon."""
    earth, space = v.has("place", "grass"), v.has("place", "stars")
    v.fade(v.pick("place", {"grass": "#4fb4f2", "stars": "#0c1240"}), v.pick("place", {"grass": "#dff4ff", "stars": "#2a3478"}))
    for x, y, size in s.STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, space)
    p = v.at(-0.6 * v.w, -0.45 * v.h, 0.2)
    p.paint(circle(p.x, p.y, 1.0), rgb("#f0a35e"), space)
    ring = v.at(-0.6 * v.w, -0.45 * v.h, 0.2, -0.35)
    ring.paint(ellipse(ring.x, ring.y, 1.75, 0.5).abs() - 0.1, rgb("#ffe0a8"), space)
    s.ridge(v, 0.74, 0.08, 1.8, 1.2, rgb("#5cbb63"), earth)
    s.ridge(v, 0.74, 0.08, 1.8, 1.2, rgb("#a9adbd"), space)
    v.paint(ellipse(v.x - 0.6 * v.w, v.y - 0.88 * v.h, 0.2, 0.06), rgb("#8d92a5"), space)
    flight = torch.where(v.has("motion", "up") > 0, v.t, 1 - v.t)
    y = 0.4 - 1.25 * flight**1.5 + v.rand(-0.05, 0.1)
    r = v.at(v.rand(-0.2, 0.35) * v.w, y, 0.46)
    flame = 0.75 + 0.18 * wave(v.t, 6.0)
    r.paint(ellipse(r.x, r.y - 0.95, 0.22, flame * 0.62), rgb("#ff8b32"))
    r.paint(ellipse(r.x, r.y - 0.9, 0.12, flame * 0.36), rgb("#ffe27a"))
    for side in (-1, 1):
        x = r.x * side
        r.paint(polygon(x, r.y, (0.3, 0.1), (0.72, 0.72), (0.66, 0.95), (0.25, 0.72)), v.pick("colour", SHADE))
    body = torch.maximum(circle(r.x.abs() + 0.62, r.y, 1.06), r.y - 0.78)
    r.paint(body, rgb("#f5f6fb"))
    r.paint(torch.maximum(body, r.y + 0.36), v.pick("colour", PAINT))
    r.paint(torch.maximum(body, 0.52 - r.y), v.pick("colour", PAINT))
    r.paint(circle(r.x, r.y - 0.04, 0.23), v.pick("colour", SHADE))
    r.paint(circle(r.x, r.y - 0.04, 0.16), rgb("#8fd8ff"))


@scene(colour=ANY, motion=SIDEWAYS, count=("one", "two", "three"))
def fish(v):
    """Fish swim among water plants and bubbles."""
    v.fade(rgb("#39b6d8"), rgb("#0c4f8c"))
    v.paint(0.84 * v.h - 0.05 * torch.sin(3 * v.x) - v.y, rgb("#e2c88c"))
    for x, tall in ((-0.84, 0.7), (0.82, 0.85), (0.6, 0.5)):
        bend = 0.1 * wave(v.t, 1.0, x)
        v.paint(line(v.x - x * v.w, v.y, 0.0, 0.95 * v.h, bend * 0.3, 0.95 * v.h - tall * 0.5, 0.06), rgb("#1f8f7a"))
        v.paint(line(v.x - x * v.w, v.y, bend * 0.3, 0.95 * v.h - tall * 0.5, bend, 0.95 * v.h - tall, 0.05), rgb("#1f8f7a"))
    one, two, three = (v.has("count", w) for w in ("one", "two", "three"))
    for i, (dx, dy, size, mask) in enumerate(((0, 0, 0.5, one), (0.3, -0.34, 0.36, two), (-0.3, 0.28, 0.36, two),
                                              (0.42, -0.5, 0.3, three), (-0.4, -0.02, 0.3, three),
                                              (0.3, 0.46, 0.3, three))):  # fmt: skip
        if float(mask.max()) > 0:
            swimmer(v, dx, dy, size, i, mask)


def swimmer(v, dx, dy, size, i, alpha):
    """One fish of a school, its tail wagging."""
    x = dx + (v.t - 0.5) * 0.62 + v.rand(-1, 1) * 0.12
    f = v.at(s.heading(v) * x * min(v.w, 1.2), dy + 0.03 * wave(v.t, 1.0, i * 0.4), size, 0.0, s.heading(v))
    wag = 0.16 * wave(v.t, 2.5, i * 0.3)
    tail = torch.maximum(polygon(f.x, f.y, (-1.25, -0.52), (-0.5, 0.0), (-1.25, 0.52)), -circle(f.x + 1.5, f.y - wag, 0.36))
    f.paint(tail, v.pick("colour", SHADE), alpha)
    f.paint(polygon(f.x, f.y, (-0.35, -0.4), (-0.1, -0.82), (0.38, -0.4)), v.pick("colour", SHADE), alpha)
    f.paint(ellipse(f.x, f.y, 0.86, 0.56), v.pick("colour", PAINT), alpha)
    f.paint(torch.maximum(ellipse(f.x, f.y, 0.86, 0.56), (f.x - 0.02).abs() - 0.11), CREAM, alpha * 0.8)
    f.paint(circle(f.x - 0.46, f.y + 0.12, 0.17), rgb("#ffffff"), alpha)
    f.paint(circle(f.x - 0.5, f.y + 0.12, 0.095), INK, alpha)


@scene(colour=ANY, motion=SIDEWAYS, light=("day", "sunset"))
def butterfly(v):
    """A butterfly flutters over the meadow."""
    s.sky(v)
    s.hills(v, 0.55)
    for x, colour in ((-0.7, "#ffd03d"), (-0.25, "#f583bd"), (0.3, "#ffffff"), (0.72, "#f98533")):
        v.paint(line(v.x - x * v.w, v.y, 0.0, v.h, 0.0, 0.74 * v.h, 0.025), rgb("#2f8a4a"))
        v.paint(circle(v.x - x * v.w, v.y - 0.74 * v.h, 0.085), rgb(colour))
    x = s.crossing(v, v.w - 0.5, 0.75)
    y = v.rand(-0.25, 0.05) + 0.09 * wave(v.t, 2.0, 0.2)
    b = v.at(x, y, 0.6, 0.25 * s.heading(v))
    open_ = 0.62 + 0.38 * wave(v.t, 3.0)
    wx = b.x.abs() / open_
    b.paint(ellipse(wx - 0.44, b.y - 0.34, 0.36, 0.34), v.pick("colour", SHADE))
    b.paint(ellipse(wx - 0.52, b.y + 0.26, 0.5, 0.44), v.pick("colour", PAINT))
    b.paint(circle(wx - 0.58, b.y + 0.28, 0.19), rgb("#fff4dc"), 0.9)
    b.paint(box(b.x, b.y, 0.085, 0.52, 0.085), INK)
    for side in (-1, 1):
        b.paint(line(b.x, b.y, 0.0, -0.5, side * 0.22, -0.84, 0.03), INK)


@scene(colour=("black", "white", "orange", "grey"), light=ALL_DAY)
def cat(v):
    """A cat sits on a hill, blinks and wags its tail."""
    s.sky(v)
    v.paint(circle(v.x, v.y - 2.3, 1.75), s.shift(v, day="#58b368", sunset="#5d5a75", night="#24406a"))
    v.paint(1.05 - v.y, s.shift(v, day="#58b368", sunset="#5d5a75", night="#24406a"))
    fur = {"black": "#34323f", "white": "#fbfaf5", "orange": "#f29a45", "grey": "#98a0ad"}
    dark = {"black": "#22212b", "white": "#e3e3ea", "orange": "#d97f2b", "grey": "#7b8492"}
    c = v.at(v.rand(-0.3, 0.3) * v.w, 0.24, 0.66)
    beat = v.rand(0, 1)
    sway = wave(v.t, 1.5, beat)
    tip = 0.72 + 0.22 * sway
    c.paint(line(c.x, c.y, 0.3, 0.52, 0.74, 0.34, 0.11), v.pick("colour", dark))
    c.paint(line(c.x, c.y, 0.74, 0.34, tip, -0.26, 0.1), v.pick("colour", dark))
    c.paint(ellipse(c.x, c.y - 0.2, 0.44, 0.56), v.pick("colour", fur))
    h = c.at(0.0, -0.5, 1.0, 0.07 * wave(v.t, 1.0, beat))
    for side in (-1, 1):
        x = h.x * side
        h.paint(polygon(x, h.y, (0.4, -0.66), (0.46, -0.06), (0.06, -0.28)), v.pick("colour", fur))
        h.paint(polygon(x, h.y, (0.36, -0.5), (0.38, -0.16), (0.16, -0.28)), rgb("#f7a6b4"))
    h.paint(ellipse(h.x, h.y, 0.5, 0.42), v.pick("colour", fur))
    blink = 1 - torch.exp(-(((v.t - 0.6) / 0.05) ** 2))
    for side in (-1, 1):
        h.paint(ellipse(h.x - side * 0.21, h.y + 0.02, 0.1, 0.03 + 0.1 * blink), rgb("#9fe07a"))
        h.paint(ellipse(h.x - side * 0.21, h.y + 0.02, 0.05, 0.02 + 0.08 * blink), rgb("#1c1b24"))
    h.paint(polygon(h.x, h.y, (-0.07, 0.14), (0.07, 0.14), (0.0, 0.22)), rgb("#f47c8f"))
    for side in (-1, 1):
        c.paint(ellipse(c.x - side * 0.2, c.y - 0.72, 0.17, 0.1), v.pick("colour", dark))


@scene(colour=ANY, motion=SIDEWAYS, place=("city", "desert", "hills"))
def car(v):
    """A small car drives along a road."""
    v.words["light"] = ["day"] * v.n
    city, desert, green = (v.has("place", p) for p in ("city", "desert", "hills"))
    v.fade(v.pick("place", {"city": "#7cc4f0", "desert": "#59b8ee", "hills": "#4fb4f2"}),
           v.pick("place", {"city": "#f3e9f7", "desert": "#ffe7bd", "hills": "#dff4ff"}), end=0.5)  # fmt: skip
    s.houses(v, 0.5, city)
    s.ridge(v, 0.2, 0.14, 2.1, 0.8, rgb("#f0bd72"), desert)
    s.ridge(v, 0.42, 0.05, 2.6, 3.0, rgb("#e5a657"), desert)
    for x in (-0.62, 0.7):
        k = v.at(x * v.w, 0.18)
        k.paint(line(k.x, k.y, 0.0, -0.34, 0.0, 0.3, 0.07), rgb("#3c9a5f"), desert)
        k.paint(line(k.x, k.y, 0.2, -0.16, 0.2, 0.04, 0.055), rgb("#3c9a5f"), desert)
        k.paint(line(k.x, k.y, 0.0, 0.06, 0.2, 0.04, 0.055), rgb("#3c9a5f"), desert)
    s.ridge(v, 0.16, 0.12, 2.3, 0.6, rgb("#8fd08a"), green)
    s.ridge(v, 0.42, 0.08, 2.0, 3.4, rgb("#58b368"), green)
    v.paint(0.52 - v.y, rgb("#565d73"))
    v.paint(box(torch.remainder(v.x, 0.5) - 0.25, v.y - 0.82, 0.13, 0.03), rgb("#f3e7b0"))
    c = v.at(s.crossing(v, v.w - 0.4, 0.9), 0.4 + 0.012 * wave(v.t, 4.0), 0.66, 0.0, s.heading(v))
    cabin = polygon(c.x, c.y, (-0.36, -0.5), (0.26, -0.5), (0.5, 0.0), (-0.52, 0.0))
    c.paint(cabin, v.pick("colour", SHADE))
    c.paint(polygon(c.x, c.y, (-0.27, -0.4), (-0.05, -0.4), (-0.05, -0.06), (-0.38, -0.06)), rgb("#c9ecff"))
    c.paint(polygon(c.x, c.y, (0.05, -0.4), (0.2, -0.4), (0.36, -0.06), (0.05, -0.06)), rgb("#c9ecff"))
    c.paint(box(c.x, c.y - 0.14, 0.84, 0.23, 0.14), v.pick("colour", PAINT))
    c.paint(circle(c.x - 0.76, c.y - 0.08, 0.08), rgb("#ffeaa0"))
    for x in (-0.46, 0.46):
        c.paint(circle(c.x - x, c.y - 0.36, 0.21), rgb("#2b2d3a"))
        spoke = c.at(x, 0.36, 1.0, v.t * 9.0)
        spoke.paint(circle(spoke.x, spoke.y, 0.1), rgb("#d9dde6"))


@scene(colour=ANY, motion=("spin",), light=ALL_DAY)
def windmill(v):
    """A windmill turns on a hill."""
    s.sky(v, lamp=False)
    day, night = v.has("light", "day"), v.has("light", "night")
    c = v.at(-0.6 * v.w, -0.6 * v.h, 0.24)
    c.paint(torch.minimum(circle(c.x + 0.2, c.y + 0.25, 0.6), box(c.x, c.y - 0.1, 1.1, 0.28, 0.28)), rgb("#ffffff"), day)
    for x, y, size in s.STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, night)
    s.hills(v, 0.5)
    m = v.at(v.rand(-0.25, 0.25) * v.w, 0.1, 0.8)
    m.paint(polygon(m.x, m.y, (-0.22, -0.36), (0.22, -0.36), (0.34, 0.78), (-0.34, 0.78)), v.pick("colour", PAINT))
    m.paint(polygon(m.x, m.y, (-0.22, -0.36), (0.0, -0.36), (0.0, 0.78), (-0.34, 0.78)), v.pick("colour", SHADE), 0.5)
    m.paint(torch.maximum(circle(m.x, m.y + 0.34, 0.26), m.y + 0.34), rgb("#7a4b33"))
    m.paint(box(m.x, m.y - 0.6, 0.09, 0.19, 0.05), rgb("#5d3a2a"))
    m.paint(box(m.x, m.y - 0.08, 0.08, 0.1, 0.03), s.shift(v, day="#bfe6fb", sunset="#ffd98a", night="#ffd66b"))
    turn = m.at(0.0, -0.36, 1.0, 2 * math.pi * (0.5 * v.t + v.rand(0, 0.25)))
    long, wide = torch.maximum(turn.x.abs(), turn.y.abs()), torch.minimum(turn.x.abs(), turn.y.abs())
    side = torch.where(turn.x.abs() > turn.y.abs(), turn.y * turn.x.sign(), -turn.x * turn.y.sign())
    turn.paint(torch.maximum(wide - 0.03, long - 0.78), rgb("#6a4330"))
    turn.paint(box(long - 0.5, side - 0.1, 0.27, 0.1), rgb("#fff8e8"))
    turn.paint(circle(turn.x, turn.y, 0.08), rgb("#5d3a2a"))


@scene(motion=SIDEWAYS, count=("one", "two", "three"), light=("day", "sunset"))
def ducks(v):
    """Yellow ducks swim on a pond in a row."""
    s.sky(v)
    s.ridge(v, 0.18, 0.08, 2.2, 0.4, s.shift(v, day="#7cc47c", sunset="#7a5f86", night="#2c4a6e"))
    v.paint(0.26 * v.h - v.y, s.shift(v, day="#4fb3e3", sunset="#b0708f", night="#1c3f86"))
    one, two, three = (v.has("count", w) for w in ("one", "two", "three"))
    drift = (v.t - 0.5) * 0.55 + v.rand(-0.1, 0.1)
    for i, (dx, size, mask) in enumerate(((0.0, 0.52, one), (0.44, 0.4, two), (-0.42, 0.34, two), (0.62, 0.32, three),
                                          (0.0, 0.28, three), (-0.54, 0.25, three))):  # fmt: skip
        x = s.heading(v) * (dx + drift) * min(v.w, 1.2)
        d = v.at(x, 0.42 + 0.03 * wave(v.t, 1.5, i * 0.3), size, 0.05 * wave(v.t, 1.5, i * 0.3), s.heading(v))
        d.paint(polygon(d.x, d.y, (-1.08, -0.32), (-0.4, 0.0), (-0.4, 0.34)), rgb("#f5b82e"), mask)
        d.paint(ellipse(d.x + 0.05, d.y - 0.15, 0.84, 0.48), rgb("#ffd03d"), mask)
        d.paint(circle(d.x - 0.5, d.y + 0.5, 0.42), rgb("#ffd03d"), mask)
        d.paint(polygon(d.x, d.y, (0.84, -0.6), (1.22, -0.42), (0.84, -0.3)), rgb("#f5793b"), mask)
        d.paint(circle(d.x - 0.62, d.y + 0.62, 0.085), INK, mask)
        d.paint(ellipse(d.x + 0.16, d.y - 0.1, 0.42, 0.22), rgb("#f5b82e"), mask)
    near = s.shift(v, day="#2f93cc", sunset="#85507f", night="#143066")
    v.paint(0.6 - 0.03 * torch.sin(6 * v.x + 2 * math.pi * v.t) - v.y, near)


@scene(colour=ANY, place=("forest", "mountains", "sea"))
def campfire(v):
    """A campfire flickers beside a tent at night."""
    v.words["light"] = ["night"] * v.n
    v.fade(rgb("#0d1642"), rgb("#46539c"), end=0.6)
    s.stars(v)
    forest, rock, water = (v.has("place", p) for p in ("forest", "mountains", "sea"))
    s.mountains(v, 0.35, rock, rgb("#33407c"))
    v.paint(0.06 * v.h - v.y, rgb("#2d56a4"), water)
    s.moon(v, 0.62 * v.w, -0.62 * v.h, 0.15)
    for x, size in ((-0.86, 1.0), (-0.42, 0.8), (0.12, 0.95), (0.5, 0.75), (0.9, 1.0)):
        f = v.at(x * v.w, 0.45, size)
        f.paint(polygon(f.x, f.y, (0.0, -1.05), (0.34, 0.1), (-0.34, 0.1)), rgb("#1d4a52"), forest)
    v.paint(0.4 - v.y, rgb("#26365f"))
    flicker = wave(v.t, 3.0, v.rand(0, 1)) * 0.6 + wave(v.t, 5.0, v.rand(0, 1)) * 0.4
    fire = v.at(0.42, 0.62)
    fire.glow(0.75, rgb("#ff9a4a"), 0.55 + 0.1 * flicker)
    t = v.at(-0.32, 0.34, 0.74)
    t.paint(polygon(t.x, t.y, (0.0, -0.72), (0.76, 0.5), (-0.76, 0.5)), v.pick("colour", PAINT))
    t.paint(polygon(t.x, t.y, (0.0, -0.72), (0.76, 0.5), (0.3, 0.5)), v.pick("colour", SHADE))
    t.paint(polygon(t.x, t.y, (0.0, -0.35), (0.24, 0.5), (-0.3, 0.5)), rgb("#2b2440"))
    lean = 0.1 * flicker
    for size, colour in ((1.0, "#ff6b35"), (0.7, "#ffa53d"), (0.42, "#ffe27a")):
        tall = size * (0.52 + 0.1 * flicker)
        f = v.at(0.42 + lean * size * 0.3, 0.72)
        bend = f.x - lean * ((-f.y).clamp(min=0) / 0.5) ** 2
        f.paint(torch.maximum(circle(bend.abs() + tall * 0.35, f.y + tall * 0.3, tall * 0.72),
                              circle(bend, f.y + tall * 0.2, tall)), rgb(colour))  # fmt: skip
    for slope in (-0.1, 0.1):
        fire.paint(line(fire.x, fire.y, -0.26, 0.14 + slope, 0.26, 0.14 - slope, 0.05), rgb("#6a4330"))


@scene(colour=ANY, light=("sunset", "night"))
def lighthouse(v):
    """A striped lighthouse turns its beam over the sea."""
    s.sky(v, lamp=False)
    for x, y, size in s.STAR_PLACES:
        v.paint(circle(v.x - x * v.w, v.y - y * v.h, 0.03 * size), CREAM, v.has("light", "night"))
    s.sea(v, 0.4)
    x = 0.3 * v.w
    lamp = v.at(x, -0.5)
    swing = (2 * math.pi * (v.t + v.rand(0, 1))).cos()
    reach = swing * 2.2
    along = lamp.x / torch.where(reach.abs() < 0.05, torch.full_like(reach, 0.05), reach)
    beam = (1 - (lamp.y.abs() / (0.05 + 0.34 * lamp.x.abs())) ** 2).clamp(0, 1)
    lamp.wash(rgb("#fff2b0"), 0.75 * beam * ((along > 0) & (along < 1)) * (1 - along).clamp(0, 1))
    v.paint(ellipse(v.x - x, v.y - 0.62, 0.62, 0.3), rgb("#4d4a66"))
    t = v.at(x, 0.0)
    tower = polygon(t.x, t.y, (-0.17, -0.38), (0.17, -0.38), (0.27, 0.5), (-0.27, 0.5))
    t.paint(tower, rgb("#fbf6ea"))
    for y in (-0.2, 0.18):
        t.paint(torch.maximum(tower, (t.y - y).abs() - 0.1), v.pick("colour", PAINT))
    t.paint(torch.maximum(tower, 0.42 - t.y), v.pick("colour", PAINT))
    t.paint(box(t.x, t.y + 0.38, 0.24, 0.035), INK)
    t.paint(box(t.x, t.y + 0.5, 0.13, 0.11), rgb("#fff2a8"))
    t.paint(polygon(t.x, t.y, (0.0, -0.82), (0.22, -0.6), (-0.22, -0.6)), v.pick("colour", SHADE))
    lamp.glow(0.26, rgb("#fffbe0"), 0.5 + 0.3 * (1 - swing.abs()))


@scene(colour=ANY, motion=SIDEWAYS, light=ALL_DAY)
def plane(v):
    """A small plane flies over the clouds."""
    s.sky(v)
    cloud = s.shift(v, day="#ffffff", sunset="#f7c7b8", night="#5b6cb5")
    drift = s.heading(v) * v.t * 0.3
    for x, y, size in ((-0.75, 0.72, 0.5), (0.1, 0.86, 0.56), (0.85, 0.7, 0.46)):
        s.cloud(v, x * v.w - drift, y * v.h, size, cloud)
    x, y = s.crossing(v, v.w - 0.45, 0.85), v.rand(-0.25, 0.15) + 0.04 * wave(v.t, 1.0)
    p = v.at(x, y, 0.6, -0.12 * s.heading(v), s.heading(v))
    p.paint(polygon(p.x, p.y, (-0.98, -0.62), (-0.68, -0.62), (-0.4, -0.1), (-0.86, -0.06)), v.pick("colour", SHADE))
    p.paint(ellipse(p.x, p.y, 0.95, 0.32), v.pick("colour", PAINT))
    p.paint(torch.maximum(ellipse(p.x, p.y, 0.95, 0.32), 0.12 - p.y), CREAM)
    p.paint(torch.maximum(circle(p.x - 0.42, p.y + 0.2, 0.24), p.y + 0.14), rgb("#bfeaff"))
    p.paint(polygon(p.x, p.y, (-0.28, 0.0), (0.3, 0.0), (-0.1, 0.56), (-0.42, 0.56)), v.pick("colour", SHADE))
    blade = 0.36 * wave(v.t, 5.0)
    p.paint(line(p.x, p.y, 0.99, -blade, 0.99, blade, 0.035), INK)


@scene(colour=ANY, motion=UPRIGHT, count=("one", "two"))
def jellyfish(v):
    """Jellyfish pulse through the deep sea."""
    v.fade(rgb("#1c4f9c"), rgb("#0a1440"))
    for x, y in ((-0.8, 0.5), (0.75, -0.3), (-0.55, -0.6), (0.85, 0.7)):
        rise = torch.remainder(y - 0.35 * v.t + 1.1, 2.2) - 1.1
        v.paint(circle(v.x - x * v.w, v.y - rise * v.h, 0.05).abs() - 0.012, rgb("#9fd0f5"), 0.8)
    one, two = v.has("count", "one"), v.has("count", "two")
    for i, (dx, dy, size, mask) in enumerate(((0.0, 0.0, 0.46, one), (-0.42, 0.14, 0.34, two), (0.44, -0.16, 0.34, two))):
        pulse = wave(v.t, 2.0, i * 0.35)
        y = dy - s.heading(v) * (v.t - 0.5) * 0.75 + v.rand(-0.1, 0.1)
        j = v.at(dx * min(v.w, 1.2) + v.rand(-0.06, 0.06), y - 0.15, size)
        j.wash(v.pick("colour", PAINT), mask * 0.35 * torch.exp(-(j.x**2 + j.y**2) / 1.6))
        for k in (-1.5, -0.5, 0.5, 1.5):
            sway = 0.16 * wave(v.t, 1.5, k * 0.2 + i * 0.3)
            j.paint(line(j.x, j.y, k * 0.36, 0.1, k * 0.32 + sway, 0.62, 0.075), v.pick("colour", SHADE), mask)
            j.paint(line(j.x, j.y, k * 0.32 + sway, 0.62, k * 0.32 - sway, 1.15, 0.06), v.pick("colour", SHADE), mask)
        wide = 0.82 + 0.1 * pulse
        bell = torch.maximum(ellipse(j.x, j.y - 0.12, wide, 0.84 - 0.1 * pulse), j.y - 0.16)
        j.paint(bell, v.pick("colour", PAINT), mask)
        j.paint(ellipse(j.x + 0.26, j.y + 0.34, 0.2, 0.13), rgb("#ffffff"), mask * 0.55)
        for side in (-1, 1):
            j.paint(ellipse(j.x - side * 0.26, j.y + 0.02, 0.07, 0.1), INK, mask)


@scene(colour=ANY, count=("one", "two", "three"))
def cake(v):
    """A birthday cake; its candles flicker."""
    v.fade(rgb("#ffe3ea"), rgb("#fff6e8"))
    v.paint(0.66 - v.y, rgb("#b9dced"))
    k = v.at(v.rand(-0.15, 0.15) * v.w, 0.3)
    k.paint(ellipse(k.x, k.y - 0.46, 0.84, 0.12), rgb("#ffffff"))
    k.paint(box(k.x, k.y - 0.18, 0.66, 0.28, 0.08), rgb("#e9b878"))
    icing = box(k.x, k.y + 0.02, 0.68, 0.16, 0.1)
    for i in range(5):
        drop = box(k.x + 0.52 - 0.26 * i, k.y - 0.1 - 0.06 * (i % 2), 0.1, 0.18, 0.1)
        icing = torch.minimum(icing, drop)
    k.paint(icing, v.pick("colour", PAINT))
    k.paint(ellipse(k.x, k.y + 0.12, 0.66, 0.07), v.pick("colour", SHADE), 0.55)
    beat = v.rand(0, 1)
    one, two, three = (v.has("count", w) for w in ("one", "two", "three"))
    for i, (x, mask) in enumerate(((0.0, one + three), (-0.25, two), (0.25, two), (-0.4, three), (0.4, three))):
        c = k.at(x, -0.36)
        c.paint(box(c.x, c.y, 0.065, 0.24, 0.02), rgb("#6fb7f2"), mask)
        c.paint(torch.maximum(box(c.x, c.y, 0.065, 0.24, 0.02), (c.y - 0.02).abs() - 0.05), rgb("#ffffff"), mask)
        lick = wave(v.t, 3.0, beat + 0.37 * i)
        f = c.at(0.025 * lick, -0.42, 1.0 + 0.12 * lick)
        f.wash(rgb("#ffd27a"), mask * 0.6 * torch.exp(-(f.x**2 + f.y**2) / 0.06))
        f.paint(ellipse(f.x, f.y, 0.085, 0.16), rgb("#ff9a3c"), mask)
        f.paint(ellipse(f.x, f.y - 0.04, 0.045, 0.09), rgb("#fff0a8"), mask)
