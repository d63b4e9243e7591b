"""The text side: a Unigram tokenizer and a small UMT5 encoder.

Module and parameter names are those of the official checkpoints.
"""

import json
import math
import random
import re
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from torch.nn import functional as F

from captions import caption, clean
from world import draw_words

TEXT_LEN, TEXT_DIM, VOCABULARY = 32, 128, 1000
SPECIAL = ["<pad>", "</s>", "<s>", "<unk>"]
NULL_PROMPTS = [
    "",
    "色调艳丽，过曝，静态，细节模糊不清，字幕，风格，作品，画作，画面，静止，整体发灰，最差质量，低质量，JPEG压缩残留，丑陋的，残缺的，"
    "多余的手指，画得不好的手部，画得不好的脸部，畸形的，毁容的，形态畸形的肢体，手指融合，静止不动的画面，杂乱的背景，三条腿，背景人很多，倒着走",
]


def train_tokenizer(folder, captions=40_000, seed=0):
    """Learns about a thousand pieces from captions and writes the three files of `google/umt5-xxl`."""
    rng = random.Random(seed)
    texts = [caption(draw_words(1, rng)[0], rng) for _ in range(captions)]
    tokenizer = Tokenizer(models.Unigram(vocabulary(texts), SPECIAL.index("<unk>"), False))
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    added = {str(i): {"content": t, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                      "special": True} for i, t in enumerate(SPECIAL)}  # fmt: skip
    config = {"added_tokens_decoder": added, "clean_up_tokenization_spaces": False, **names,
              "model_max_length": TEXT_LEN, "tokenizer_class": "PreTrainedTokenizerFast"}  # fmt: skip
    (folder / "special_tokens_map.json").write_text(json.dumps(names, indent=2) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def vocabulary(texts):
    """Pieces and scores: every word of the captions whole, pieces of words for other words, and single letters."""
    letters = "▁abcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"-()&%/+"
    words = Counter(word for text in texts for word in re.findall(r"[a-z0-9-]+|[^\sa-z0-9-]", text.lower()))
    pieces = Tokenizer(models.Unigram())
    pieces.normalizer = normalizers.Lowercase()
    pieces.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    pieces.train_from_iterator(texts, trainers.UnigramTrainer(vocab_size=VOCABULARY, show_progress=False))
    scores = {"▁" + word: -3.0 for word in words if word[0].isalnum()}
    scores |= {
        piece: score - 5.0 for piece, score in json.loads(pieces.to_str())["model"]["vocab"] if piece not in scores
    }
    scores = dict(sorted(scores.items(), key=lambda item: -item[1])[: VOCABULARY - len(SPECIAL) - len(letters)])
    scores |= {letter: -16.0 for letter in letters if letter not in scores}
    return [(token, 0.0) for token in SPECIAL] + list(scores.items())


def load_tokenizer(folder):
    """The tokenizer, cutting and padding to TEXT_LEN as the pipeline does."""
    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.enable_truncation(TEXT_LEN)
    tokenizer.enable_padding(length=TEXT_LEN, pad_id=0, pad_token="<pad>")
    return tokenizer


def token_ids(tokenizer, texts):
    """Prompts to ids: [n, TEXT_LEN], int16."""
    rows = [e.ids for e in tokenizer.encode_batch([clean(t) for t in texts])]
    return torch.tensor(rows, dtype=torch.int16)


class Norm(nn.Module):
    """A root-mean-square norm."""

    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Positions(nn.Module):
    """A learned bias for every distance between two tokens, in logarithmic buckets."""

    def __init__(self, buckets, heads):
        super().__init__()
        self.embedding = nn.Embedding(buckets, heads)
        where = torch.arange(TEXT_LEN)
        self.register_buffer("buckets", bucket(where[None, :] - where[:, None], buckets), persistent=False)

    def forward(self, length):
        return self.embedding(self.buckets[:length, :length]).permute(2, 0, 1)  # (heads, length, length)


def bucket(distance, buckets, furthest=128):
    """The bucket of a distance key - query: exact when near, logarithmic when far, the upper half after the query."""
    half = buckets // 2
    exact = half // 2
    d = distance.abs()
    far = exact + (torch.log(d.clamp(min=1).float() / exact) / math.log(furthest / exact) * (half - exact)).long()
    return (distance > 0).long() * half + torch.where(d < exact, d, far.clamp(max=half - 1))


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(dim, dim, bias=False) for _ in range(4))

    def forward(self, x, bias):
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        weights = F.softmax((q @ k.mT).float() + bias, dim=-1)  # T5 does not scale
        return self.o((weights.to(v) @ v).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.gate = nn.Sequential(nn.Linear(dim, hidden, bias=False), nn.GELU(approximate="tanh"))
        self.fc1, self.fc2 = nn.Linear(dim, hidden, bias=False), nn.Linear(hidden, dim, bias=False)

    def forward(self, x):
        return self.fc2(self.fc1(x) * self.gate(x))


class TextBlock(nn.Module):
    def __init__(self, dim, hidden, heads, buckets):
        super().__init__()
        self.norm1, self.attn = Norm(dim), Attention(dim, heads)
        self.norm2, self.ffn = Norm(dim), FeedForward(dim, hidden)
        self.pos_embedding = Positions(buckets, heads)

    def forward(self, x, mask):
        bias = self.pos_embedding(x.shape[1]) + mask[:, None, None, :]
        x = x + self.attn(self.norm1(x), bias)
        return x + self.ffn(self.norm2(x))


class TextEncoder(nn.Module):
    """UMT5's encoder: ids [n, TEXT_LEN] -> context [n, TEXT_LEN, dim], zero beyond each prompt's end."""

    def __init__(self, vocabulary, dim=TEXT_DIM, hidden=256, layers=2, heads=4, buckets=32):
        super().__init__()
        self.token_embedding = nn.Embedding(vocabulary, dim)
        self.blocks = nn.ModuleList(TextBlock(dim, hidden, heads, buckets) for _ in range(layers))
        self.norm = Norm(dim)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.1 if "pos_" in name else 1.0 if "token" in name else p.shape[1] ** -0.5)
        for block in self.blocks:
            nn.init.normal_(block.attn.q.weight, std=(dim * (dim // heads)) ** -0.5)

    def forward(self, ids):
        real = ids != 0
        mask = torch.zeros(ids.shape, device=ids.device).masked_fill(~real, torch.finfo(torch.float32).min)
        x = self.token_embedding(ids)
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x) * real.unsqueeze(-1)
