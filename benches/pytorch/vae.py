"""The decoder of a Wan VAE as Diffusers has it, with random weights: what `zoetrope bench` is compared with.

    python3 vae.py --size 1280x704 --frames 121 --dtype f32
"""

import argparse
import json

import torch
from diffusers import AutoencoderKLWan

from timing import timed

NETWORKS = {
    "ti2v-5b": dict(
        base_dim=160,
        decoder_base_dim=256,
        z_dim=48,
        in_channels=12,
        out_channels=12,
        patch_size=2,
        is_residual=True,
        scale_factor_spatial=16,
    ),
    "t2v-a14b": {},
}


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="ti2v-5b", choices=NETWORKS)
    parser.add_argument("--size", default="1280x704")
    parser.add_argument("--frames", type=int, default=121)
    parser.add_argument("--dtype", default="f32", choices=("f32", "bf16"))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()

    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.set_default_device(args.device)
    torch.set_default_dtype(torch.bfloat16 if args.dtype == "bf16" else torch.float32)
    sizes = NETWORKS[args.network]
    vae = AutoencoderKLWan(**sizes).eval()
    stride = sizes.get("scale_factor_spatial", 8)
    width, height = (int(side) // stride for side in args.size.split("x"))
    latents = torch.randn(1, sizes.get("z_dim", 16), (args.frames - 1) // 4 + 1, height, width)

    def decode():
        frames = vae.decode(latents, return_dict=False)[0].shape[2]
        assert frames == args.frames, frames

    print(json.dumps(vars(args) | timed(decode, args.runs, args.device)))


if __name__ == "__main__":
    main()
