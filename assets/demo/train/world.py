"""The toy world: which clips exist, which are held out, and how to film them.

A clip is the set of its words; `film` paints it. One combination of words in
ten is never shown in training (`held_out`), so that the evaluation asks for
what the model has not seen.
"""

import itertools
import zlib

import torch

from draw import Canvas
from scenes import SCENES
from shapes import HARD_TO_SEE
from words import SLOTS

FRAMES, FPS = 33, 16
SIZES = [(128, 128), (160, 96), (96, 160)]  # width, height
SHAPE_SHARE = 0.45  # of all clips; the scenes share the rest


def combinations(kind):
    """All sets of words of a kind that can be seen, as dictionaries over every slot."""
    slots = SCENES[kind][1]
    for values in itertools.product(*slots.values()):
        words = dict.fromkeys(SLOTS, "") | {"kind": kind} | dict(zip(slots, values))
        if kind == "shape" and unseeable(words):
            continue
        yield words


def unseeable(words):
    """Shapes that vanish before their background, and turning circles."""
    low = (words["colour"], words["place"]) in HARD_TO_SEE
    return low or (words["shape"] == "circle" and words["motion"] == "spin")


def held_out(words):
    """True for one combination in ten, by a hash of its words."""
    key = "88/" + "/".join(words[slot] for slot in SLOTS)  # 88: so that every scene has one held out
    return zlib.crc32(key.encode()) % 10 == 0


TRAIN = {kind: [w for w in combinations(kind) if not held_out(w)] for kind in SCENES}
TEST = {kind: [w for w in combinations(kind) if held_out(w)] for kind in SCENES}
ALL = {kind: TRAIN[kind] + TEST[kind] for kind in SCENES}


def film(words, size, seed, device="cpu", frames=FRAMES):
    """Paints clips of one kind: words of n clips -> [n, 3, frames, height, width] in 0..1."""
    paint = SCENES[words[0]["kind"]][0]
    columns = {slot: [w[slot] for w in words] for slot in SLOTS}
    canvas = Canvas(columns, len(words), size, frames, seed, device)
    with torch.no_grad():
        paint(canvas.view)
    return canvas.rgb.clamp_(0, 1)


def draw_words(n, rng, split=TRAIN):
    """Words of n random clips, all of one random kind, so that they can be filmed together."""
    kinds = [k for k in split if k != "shape" and split[k]]
    kind = "shape" if rng.random() < SHAPE_SHARE else rng.choice(kinds)
    return [rng.choice(split[kind]) for _ in range(n)]


def labels(words):
    """Class numbers of clips, one column a slot, -1 where a slot does not apply: [n, slots]."""
    rows = [[SLOTS[s].index(w[s]) if w[s] else -1 for s in SLOTS] for w in words]
    return torch.tensor(rows)
