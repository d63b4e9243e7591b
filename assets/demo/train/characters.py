"""Scenes with somebody or something to follow."""

import math

import torch

import scenery as s
from draw import box, circle, ellipse, line, polygon, rgb
from scene import ALL_DAY, ANY, SIDEWAYS, UPRIGHT, scene
from scenery import CREAM, INK, PAINT, SHADE, wave


@scene(colour=ANY, motion=UPRIGHT, place=("grass", "stars"))
def rocket(v):
    """A round little rocket takes off or lands, on earth or on the moon."""
    earth, space = v.has("place", "grass"), v.has("place", "stars")
    v.fade(
        v.pick("place", {"grass": "#4fb4f2", "stars": "#0c1240"}),
        v.pick("place", {"grass": "#dff4ff", "stars": "#2a3478"}),
    )
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
    r = v.at(v.rand(-0.2, 0.35) * v.w, y, 0.54)
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
    r.paint(circle(r.x, r.y - 0.04, 0.26), v.pick("colour", SHADE))
    r.paint(circle(r.x, r.y - 0.04, 0.17), rgb("#8fd8ff"))


@scene(colour=ANY, motion=SIDEWAYS, count=("one", "two", "three"))
def fish(v):
    """Fish swim among water plants and bubbles."""
    v.fade(rgb("#39b6d8"), rgb("#0c4f8c"))
    v.paint(0.84 * v.h - 0.05 * torch.sin(3 * v.x) - v.y, rgb("#e2c88c"))
    for x, tall in ((-0.84, 0.7), (0.82, 0.85), (0.6, 0.5)):
        bend = 0.1 * wave(v.t, 1.0, x)
        v.paint(line(v.x - x * v.w, v.y, 0.0, 0.95 * v.h, bend * 0.3, 0.95 * v.h - tall * 0.5, 0.08), rgb("#1f8f7a"))
        v.paint(
            line(v.x - x * v.w, v.y, bend * 0.3, 0.95 * v.h - tall * 0.5, bend, 0.95 * v.h - tall, 0.07), rgb("#1f8f7a")
        )
    one, two, three = (v.has("count", w) for w in ("one", "two", "three"))
    for i, (dx, dy, size, mask) in enumerate(((0, 0, 0.56, one), (0.3, -0.36, 0.42, two), (-0.3, 0.3, 0.42, two),
                                              (0.42, -0.55, 0.34, three), (-0.4, -0.02, 0.34, three),
                                              (0.3, 0.5, 0.34, three))):  # fmt: skip
        if float(mask.max()) > 0:
            swimmer(v, dx, dy, size, i, mask)


def swimmer(v, dx, dy, size, i, alpha):
    """One fish of a school, its tail wagging."""
    x = dx + (v.t - 0.5) * 0.62 + v.rand(-1, 1) * 0.12
    f = v.at(s.heading(v) * x * min(v.w, 1.2), dy + 0.03 * wave(v.t, 1.0, i * 0.4), size, 0.0, s.heading(v))
    wag = 0.16 * wave(v.t, 2.5, i * 0.3)
    tail = torch.maximum(
        polygon(f.x, f.y, (-1.25, -0.52), (-0.5, 0.0), (-1.25, 0.52)), -circle(f.x + 1.5, f.y - wag, 0.36)
    )
    f.paint(tail, v.pick("colour", SHADE), alpha)
    f.paint(polygon(f.x, f.y, (-0.35, -0.4), (-0.1, -0.82), (0.38, -0.4)), v.pick("colour", SHADE), alpha)
    f.paint(ellipse(f.x, f.y, 0.86, 0.56), v.pick("colour", PAINT), alpha)
    f.paint(torch.maximum(ellipse(f.x, f.y, 0.86, 0.56), (f.x - 0.02).abs() - 0.14), CREAM, alpha * 0.8)
    f.paint(circle(f.x - 0.46, f.y + 0.12, 0.19), rgb("#ffffff"), alpha)
    f.paint(circle(f.x - 0.5, f.y + 0.12, 0.11), INK, alpha)


@scene(colour=ANY, motion=SIDEWAYS, light=("day", "sunset"))
def butterfly(v):
    """A butterfly flutters over the meadow."""
    s.sky(v)
    s.hills(v, 0.55)
    for x, colour in ((-0.7, "#ffd03d"), (-0.25, "#f583bd"), (0.3, "#ffffff"), (0.72, "#f98533")):
        v.paint(line(v.x - x * v.w, v.y, 0.0, v.h, 0.0, 0.74 * v.h, 0.04), rgb("#2f8a4a"))
        v.paint(circle(v.x - x * v.w, v.y - 0.74 * v.h, 0.11), rgb(colour))
    x = s.crossing(v, v.w - 0.5, 0.75)
    y = v.rand(-0.25, 0.05) + 0.09 * wave(v.t, 2.0, 0.2)
    b = v.at(x, y, 0.68, 0.25 * s.heading(v))
    open_ = 0.62 + 0.38 * wave(v.t, 3.0)
    wx = b.x.abs() / open_
    b.paint(ellipse(wx - 0.44, b.y - 0.34, 0.36, 0.34), v.pick("colour", SHADE))
    b.paint(ellipse(wx - 0.52, b.y + 0.26, 0.5, 0.44), v.pick("colour", PAINT))
    b.paint(circle(wx - 0.58, b.y + 0.28, 0.19), rgb("#fff4dc"), 0.9)
    b.paint(box(b.x, b.y, 0.085, 0.52, 0.085), INK)
    for side in (-1, 1):
        b.paint(line(b.x, b.y, 0.0, -0.5, side * 0.22, -0.82, 0.05), INK)


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
    c.paint(
        torch.minimum(circle(c.x + 0.2, c.y + 0.25, 0.6), box(c.x, c.y - 0.1, 1.1, 0.28, 0.28)), rgb("#ffffff"), day
    )
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
    turn.paint(torch.maximum(wide - 0.05, long - 0.8), rgb("#6a4330"))
    turn.paint(box(long - 0.5, side - 0.13, 0.29, 0.13), rgb("#fff8e8"))
    turn.paint(circle(turn.x, turn.y, 0.11), rgb("#5d3a2a"))


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
        v.paint(circle(v.x - x * v.w, v.y - rise * v.h, 0.07).abs() - 0.022, rgb("#9fd0f5"), 0.8)
    one, two = v.has("count", "one"), v.has("count", "two")
    for i, (dx, dy, size, mask) in enumerate(
        ((0.0, 0.0, 0.54, one), (-0.44, 0.14, 0.4, two), (0.46, -0.16, 0.4, two))
    ):
        pulse = wave(v.t, 2.0, i * 0.35)
        y = dy - s.heading(v) * (v.t - 0.5) * 0.75 + v.rand(-0.1, 0.1)
        j = v.at(dx * min(v.w, 1.2) + v.rand(-0.06, 0.06), y - 0.15, size)
        j.wash(v.pick("colour", PAINT), mask * 0.35 * torch.exp(-(j.x**2 + j.y**2) / 1.6))
        for k in (-1.35, 0.0, 1.35):
            sway = 0.16 * wave(v.t, 1.5, k * 0.2 + i * 0.3)
            j.paint(line(j.x, j.y, k * 0.36, 0.1, k * 0.32 + sway, 0.62, 0.11), v.pick("colour", SHADE), mask)
            j.paint(line(j.x, j.y, k * 0.32 + sway, 0.62, k * 0.32 - sway, 1.05, 0.1), v.pick("colour", SHADE), mask)
        wide = 0.82 + 0.1 * pulse
        bell = torch.maximum(ellipse(j.x, j.y - 0.12, wide, 0.84 - 0.1 * pulse), j.y - 0.16)
        j.paint(bell, v.pick("colour", PAINT), mask)
        j.paint(ellipse(j.x + 0.26, j.y + 0.34, 0.2, 0.13), rgb("#ffffff"), mask * 0.55)
        for side in (-1, 1):
            j.paint(ellipse(j.x - side * 0.26, j.y + 0.02, 0.09, 0.12), INK, mask)


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
