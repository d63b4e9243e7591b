"""Pools of clips on the accelerator, slowly renewed while a network trains on them."""

import random

import torch
from torch.nn import functional as F

from captions import caption
from judge import FRAMES
from text import NULL_PROMPTS, TEXT_LEN, token_ids
from world import SIZES, TRAIN, draw_words, film, labels

SAYINGS = 4  # captions kept for each clip


class Pool:
    """`capacity` clips in a ring; `record(words, seed)` turns words into one row for every clip of each tensor."""

    def __init__(self, record, capacity, seed, split=TRAIN):
        self.record, self.capacity, self.rng, self.split = record, capacity, random.Random(seed), split
        self.rows, self.size, self.cursor = None, 0, 0

    def grow(self, count, batch=24):
        """Adds clips, the oldest making room."""
        for start in range(0, count, batch):
            n = min(batch, count - start, self.capacity - self.cursor)
            rows = self.record(draw_words(n, self.rng, self.split), self.rng.randrange(1 << 62))
            self.store(rows, self.cursor)
            self.cursor = (self.cursor + n) % self.capacity
            self.size = min(self.capacity, self.size + n)

    def state(self):
        """What a later program needs to go on."""
        return {"rows": [r[: self.size].clone() for r in self.rows], "cursor": self.cursor, "rng": self.rng.getstate()}

    def restore(self, state):
        self.store(state["rows"], 0)
        self.size, self.cursor = len(state["rows"][0]), state["cursor"]
        self.rng.setstate(state["rng"])

    def store(self, rows, start):
        """Writes clips over those from `start` on; the first ones decide what a row looks like."""
        if self.rows is None:
            self.rows = [torch.empty(self.capacity, *r.shape[1:], dtype=r.dtype, device=r.device) for r in rows]
        for store, row in zip(self.rows, rows):
            store[start : start + len(row)] = row

    def sample(self, n, generator):
        """Indices of n random clips."""
        device = self.rows[0].device
        return torch.randint(self.size, (n,), generator=generator, device=device)


def frames_only(size, device):
    """A recorder of clips as bytes: [n, frames, height, width, 3]."""

    def record(words, seed):
        video = film(words, size, seed, device)
        return [(video * 255).round().byte().permute(0, 2, 3, 4, 1)]

    return record


def glances_and_labels(device):
    """A recorder for the judge: the frames that it sees of a clip, as bytes, and the class numbers."""

    def record(words, seed):
        video = film(words, SIZES[0], seed, device, frames=len(FRAMES))
        return [(video * 255).round().byte(), labels(words).to(device)]

    return record


def latents_and_captions(vae, stats, tokenizer, size, device, rng):
    """A recorder for the transformer: normalised latents [n, 48, f, h, w] and captions [n, SAYINGS, TEXT_LEN]."""
    mean, std = (s.view(1, -1, 1, 1, 1) for s in stats)

    @torch.no_grad()
    def record(words, seed):
        video = film(words, size, seed, device).mul(2).sub(1)
        with torch.autocast(device.type, torch.bfloat16):
            mu = vae.encode(video)[0].float()
        texts = [caption(w, rng) for w in words for _ in range(SAYINGS)]
        ids = token_ids(tokenizer, texts).view(-1, SAYINGS, TEXT_LEN).to(device)
        return [((mu - mean) / std).bfloat16(), ids]

    return record


def null_ids(tokenizer, device):
    """The prompts that stand for no prompt: [2, TEXT_LEN]."""
    return token_ids(tokenizer, NULL_PROMPTS).long().to(device)


def blur(video):
    """A light blur in space, for the judge's exercises: [n, 3, f, h, w]."""
    return F.avg_pool3d(F.pad(video, (1, 1, 1, 1, 0, 0), mode="replicate"), (1, 3, 3), 1)
