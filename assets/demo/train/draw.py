"""Drawing moving pictures from signed distances, many clips at a time.

A shape is a function that gives every pixel its distance to the shape's edge,
negative inside. Painting turns the distance into coverage one pixel wide, so
that all edges are antialiased, and blends a colour in.

Distances and coordinates are `[n, frames, height, width]`, where any axis may
be 1; colours are `[n, 3, 1, 1, 1]`. Lengths are in halves of the picture's
shorter side: x grows to the right, y downwards, `(0, 0)` is the centre.
"""

import math

import torch


class View:
    """A canvas of `n` clips seen through a local coordinate system."""

    def __init__(self, canvas, x, y, scale):
        self.canvas, self.x, self.y, self.scale = canvas, x, y, scale

    def __getattr__(self, name):
        return getattr(self.canvas, name)

    def at(self, x, y, scale=1.0, angle=0.0, mirror=1.0):
        """The same canvas with the origin at (x, y), scaled, turned clockwise and mirrored."""
        dx, dy = self.x - x, self.y - y
        if torch.is_tensor(angle) or angle:
            dx, dy = turn(dx, dy, angle)
        return View(self.canvas, dx * mirror / scale, dy / scale, self.scale * scale)

    def paint(self, distance, colour, alpha=1.0):
        """Fill a shape, given by its distance in this view's units."""
        cover = (0.5 - distance * self.scale / self.pixel).clamp(0, 1)
        self.wash(colour, cover * alpha)

    def wash(self, colour, alpha):
        """Blend a colour over everything, `alpha` in 0..1 for each pixel."""
        if not torch.is_tensor(alpha):
            alpha = torch.full((1, 1, 1, 1), alpha, device=self.rgb.device)
        self.rgb.lerp_(colour.to(self.rgb), alpha.unsqueeze(1))

    def glow(self, radius, colour, strength):
        """A soft light around the origin."""
        self.wash(colour, strength * torch.exp(-(self.x**2 + self.y**2) / radius**2))

    def fade(self, top, bottom, start=-1.0, end=1.0):
        """Fill everything with a vertical gradient; start and end in halves of the height."""
        s = ((self.y / self.h - start) / (end - start)).clamp(0, 1)
        self.rgb.copy_(mix(top, bottom, s).expand_as(self.rgb))


class Canvas:
    """`n` clips being painted: `rgb` is `[n, 3, frames, height, width]` in 0..1."""

    def __init__(self, words, n, size, frames, seed, device):
        width, height = size
        unit = min(width, height) / 2
        self.words, self.n, self.device = words, n, device
        self.w, self.h, self.pixel = width / 2 / unit, height / 2 / unit, 1 / unit
        self.t = torch.linspace(0, 1, frames, device=device).view(1, -1, 1, 1)
        self.rgb = torch.zeros(n, 3, frames, height, width, device=device)
        self.random = torch.Generator(device).manual_seed(seed)
        xs = (torch.arange(width, device=device) + 0.5) / unit - self.w
        ys = (torch.arange(height, device=device) + 0.5) / unit - self.h
        self.view = View(self, xs.view(1, 1, 1, -1), ys.view(1, 1, -1, 1), 1.0)

    def rand(self, low, high):
        """A number for every clip, `[n, 1, 1, 1]`."""
        u = torch.rand(self.n, 1, 1, 1, generator=self.random, device=self.device)
        return low + (high - low) * u

    def pick(self, slot, table):
        """What a table says for each clip's word: a colour or a number for every clip.

        The table maps words to values; words that it lacks get its first value.
        """
        values = list(table.values())
        is_colour = isinstance(values[0], str)
        rows = torch.stack([rgb(v).flatten() if is_colour else torch.tensor([float(v)]) for v in values])
        keys = list(table)
        index = [keys.index(word) if word in table else 0 for word in self.words[slot]]
        out = rows[index].to(self.device)
        return out.view(-1, 3, 1, 1, 1) if is_colour else out.view(-1, 1, 1, 1)

    def has(self, slot, *words):
        """1 for the clips whose word in this slot is one of the given, else 0: `[n, 1, 1, 1]`."""
        hits = [float(word in words) for word in self.words[slot]]
        return torch.tensor(hits, device=self.device).view(-1, 1, 1, 1)


def rgb(code):
    """`#rrggbb` as `[1, 3, 1, 1, 1]` in 0..1."""
    return torch.tensor([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]).view(1, 3, 1, 1, 1)


def mix(a, b, s):
    """From colour a (s = 0) to colour b (s = 1); s is a distance-like map or a number."""
    if torch.is_tensor(s):
        s = s.unsqueeze(1)
        a, b = a.to(s), b.to(s)
    return a + (b.to(a) - a) * s


def turn(x, y, angle):
    """Coordinates as seen by something turned clockwise by `angle` radians."""
    angle = angle if torch.is_tensor(angle) else torch.tensor(float(angle))
    cos, sin = angle.cos(), angle.sin()
    return cos * x + sin * y, cos * y - sin * x


def circle(x, y, radius):
    return torch.sqrt(x**2 + y**2 + 1e-12) - radius


def ellipse(x, y, a, b):
    near = torch.sqrt((x / a) ** 2 + (y / b) ** 2 + 1e-12)
    return near * (near - 1) / torch.sqrt((x / a**2) ** 2 + (y / b**2) ** 2 + 1e-12)


def box(x, y, a, b, radius=0.0):
    """A rectangle of half sizes a and b with rounded corners."""
    dx, dy = x.abs() - a + radius, y.abs() - b + radius
    outside = torch.sqrt(dx.clamp(min=0) ** 2 + dy.clamp(min=0) ** 2 + 1e-12)
    return outside + torch.maximum(dx, dy).clamp(max=0) - radius


def line(x, y, x1, y1, x2, y2, radius):
    """A thick line with round ends; the ends may move."""
    dx, dy = x2 - x1, y2 - y1
    s = (((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy + 1e-9)).clamp(0, 1)
    return circle(x - x1 - s * dx, y - y1 - s * dy, radius)


def polygon(x, y, *points):
    """A convex polygon, its corners given clockwise as seen on the screen."""
    inside = None
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1]):
        length = math.hypot(x2 - x1, y2 - y1)
        side = ((x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)) / length
        inside = side if inside is None else torch.maximum(inside, side)
    return inside


def triangle(x, y, radius):
    """A regular triangle standing on its base."""
    return torch.maximum(y - radius * 0.55, 0.866 * x.abs() - 0.5 * y - radius * 0.5)


def square(x, y, radius):
    return box(x, y, 0.8 * radius, 0.8 * radius, 0.12 * radius)


def star(x, y, radius):
    """Five points, the first one up: fold the plane ten times, then one edge is left."""
    angle = torch.atan2(x, -y)
    sector = 2 * math.pi / 5
    angle = (torch.remainder(angle + sector / 2, sector) - sector / 2).abs()
    r = torch.sqrt(x**2 + y**2 + 1e-12)
    px, py = r * torch.sin(angle), r * torch.cos(angle)
    inner, tip = 0.5 * radius, 1.08 * radius
    ix, iy = inner * math.sin(sector / 2), inner * math.cos(sector / 2)
    length = math.hypot(ix, iy - tip)
    return (px * (tip - iy) + (py - tip) * ix) / length


def heart(x, y, radius):
    """Two discs and the wedge that touches them, its point down."""
    x, y = x.abs() / radius, y / radius
    lobe = circle(x - 0.44, y + 0.32, 0.54)
    wedge = torch.maximum(0.7071 * x + 0.7071 * y - 0.62, torch.maximum(-0.32 - y, x - 0.82))
    return torch.minimum(lobe, torch.maximum(wedge, y - 0.9)) * radius


SHAPES = {"circle": circle, "square": square, "triangle": triangle, "star": star, "heart": heart}
