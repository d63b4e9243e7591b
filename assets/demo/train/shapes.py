"""The moving shapes, which measure what the model understands."""

import math

import torch

import scenery as s
from draw import SHAPES, box, circle, rgb
from scene import ANY, scene
from scenery import CREAM, PAINT
from words import SLOTS

HARD_TO_SEE = {("white", "white"), ("white", "cream"), ("yellow", "cream"), ("yellow", "white"), ("green", "teal"),
               ("blue", "teal"), ("blue", "sky"), ("white", "sky"), ("white", "stripes"), ("pink", "stripes"),
               ("purple", "stars"), ("blue", "stars")}  # fmt: skip


@scene(shape=tuple(SHAPES), colour=ANY, motion=tuple(SLOTS["motion"]), place=tuple(SLOTS["place"][:7]))
def shape(v):
    """A large flat shape with a soft shadow, moving over a plain or simple background."""
    ground(v)
    t = v.t
    r = v.rand(0.45, 0.6)
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
    size = r * (1 + one["grow"] * (0.6 * t - 0.4) + one["shrink"] * (0.2 - 0.6 * t))
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
