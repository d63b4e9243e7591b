"""The forward pass of a Wan DiT as Diffusers has it, with random weights: what `zoetrope bench` is compared with.

    python3 dit.py --network ti2v-5b --size 1280x704 --frames 121 --batch 1
    python3 dit.py --network ti2v-5b --size 832x480 --frames 49 --batch 2 --compile
"""

import argparse
import json

import torch
from diffusers import WanTransformer3DModel

from timing import timed

TEXT_LENGTH = 512
# Heads of 128, width within the feed-forward layers, blocks, channels of the latents, pixels to a latent.
NETWORKS = {
    "ti2v-5b": (24, 14336, 30, 48, 16),
    "t2v-a14b": (40, 13824, 40, 16, 8),
    "t2v-1.3b": (12, 8960, 30, 16, 8),
}


def load(name):
    heads, hidden, layers, channels, _ = NETWORKS[name]
    return WanTransformer3DModel(
        num_attention_heads=heads,
        attention_head_dim=128,
        in_channels=channels,
        out_channels=channels,
        ffn_dim=hidden,
        num_layers=layers,
    ).eval()


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=NETWORKS, default="ti2v-5b")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--size", default="1280x704")
    parser.add_argument("--frames", type=int, default=121)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--compile", action="store_true", help="compile the blocks, as Diffusers recommends")
    parser.add_argument("--one-timestep", action="store_true", help="not one for each token, as TI2V's pipeline has it")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    # Processors have no fast products of half precision.
    torch.set_default_dtype(torch.bfloat16 if args.device == "cuda" else torch.float32)
    # A default device would stand in the way of the compiler.
    with torch.device(args.device):
        dit = load(args.network)
    if args.compile:
        dit.compile_repeated_blocks(fullgraph=True)
    *_, channels, stride = NETWORKS[args.network]
    width, height = (int(side) // stride for side in args.size.split("x"))
    frames = (args.frames - 1) // 4 + 1
    latents = torch.randn(args.batch, channels, frames, height, width, device=args.device)
    text = torch.randn(args.batch, TEXT_LENGTH, 4096, device=args.device)
    tokens_in_frame = height // 2 * (width // 2)
    timesteps = torch.full((args.batch,), 500.0, dtype=torch.float32, device=args.device)
    if channels == 48 and not args.one_timestep:
        # A clean first frame, as with a picture: two distinct timesteps.
        timesteps = timesteps[:, None].repeat(1, frames * tokens_in_frame)
        timesteps[:, :tokens_in_frame] = 0

    def forward():
        return dit(latents, timesteps, text, return_dict=False)

    print(json.dumps(vars(args) | timed(forward, args.runs, args.device)))


if __name__ == "__main__":
    main()
