"""The judge: a small network that says what a clip shows.

It looks at nine frames of a 128x128 clip, halved in size, and answers one
question for each slot of words. Trained on rendered clips alone.
"""

from torch import nn
from torch.nn import functional as F

from words import SLOTS

FRAMES = tuple(range(0, 33, 4))
CHANNELS, STRIDES = (24, 48, 96, 128), ((1, 2, 2), (1, 2, 2), (1, 2, 2), (2, 2, 2))


def look(video):
    """What the judge sees of a clip in 0..1: [n, 3, 33 or just the 9, 128, 128] -> [n, 3, 9, 64, 64], 2x2 means."""
    return F.avg_pool3d(video if video.shape[2] == len(FRAMES) else video[:, :, list(FRAMES)], (1, 2, 2))


class Judge(nn.Module):
    """Four 3x3x3 convolutions with ReLU, the mean over space and time, one linear head for each slot."""

    def __init__(self):
        super().__init__()
        widths = (3, *CHANNELS)
        self.convs = nn.ModuleList(
            nn.Conv3d(i, o, 3, stride, padding=1) for i, o, stride in zip(widths, widths[1:], STRIDES)
        )
        self.heads = nn.ModuleDict({slot: nn.Linear(widths[-1], len(words)) for slot, words in SLOTS.items()})

    def forward(self, seen):
        """seen [n, 3, 9, 64, 64] in 0..1 -> {slot: scores [n, words]}."""
        x = 2 * seen - 1
        for conv in self.convs:
            x = F.relu(conv(x))
        x = x.mean((2, 3, 4))
        return {slot: head(x) for slot, head in self.heads.items()}
