"""The judge: a small network that says what a clip shows.

It looks at nine frames of a 128x128 clip and answers one question for each
slot of words. Trained on rendered clips alone.
"""

import torch
from torch import nn
from torch.nn import functional as F

from words import SLOTS

FRAMES = tuple(range(0, 33, 4))
WIDTHS = (32, 64, 96, 128)
KERNELS = ((1, 3, 3), (1, 3, 3), (3, 3, 3), (3, 3, 3))
STRIDES = ((1, 2, 2), (1, 2, 2), (1, 2, 2), (2, 2, 2))


def look(video):
    """What the judge sees of a clip: [n, 3, 33, 128, 128] -> [n, 3, 9, 128, 128]."""
    return video[:, :, list(FRAMES)]


class Judge(nn.Module):
    """Four convolutions with ReLU, mean and maximum over space and time, one linear head for each slot.

    While it learns, `norm` stands between each convolution and its ReLU; `folded` makes it part of the convolution.
    """

    def __init__(self, norm=lambda width: nn.Identity()):
        super().__init__()
        self.convs = nn.ModuleList(
            nn.Conv3d(i, o, kernel, stride, padding=[k // 2 for k in kernel])
            for i, o, kernel, stride in zip((3, *WIDTHS), WIDTHS, KERNELS, STRIDES)
        )
        self.norms = nn.ModuleList(norm(width) for width in WIDTHS)
        self.heads = nn.ModuleDict({slot: nn.Linear(2 * WIDTHS[-1], len(words)) for slot, words in SLOTS.items()})

    def forward(self, seen):
        """seen [n, 3, 9, 128, 128] in 0..1 -> {slot: scores [n, words]}."""
        x = 2 * seen - 1
        for conv, norm in zip(self.convs, self.norms):
            x = F.relu(norm(conv(x)))
        x = torch.cat([x.mean((2, 3, 4)), x.amax((2, 3, 4))], 1)
        return {slot: head(x) for slot, head in self.heads.items()}

    def folded(self):
        """The same judge, its batch norms folded into the convolutions."""
        plain = Judge()
        plain.heads.load_state_dict(self.heads.state_dict())
        for target, conv, norm in zip(plain.convs, self.convs, self.norms):
            gain = norm.weight / (norm.running_var + norm.eps).sqrt()
            target.weight.data = conv.weight.data * gain.data.view(-1, 1, 1, 1, 1)
            target.bias.data = (conv.bias.data - norm.running_mean) * gain.data + norm.bias.data
        return plain.to(self.convs[0].weight.device)
