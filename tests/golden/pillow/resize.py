"""What Pillow makes of a picture that a formula draws, at many sizes: `python resize.py > resize.txt` wrote the file beside this
one, with Pillow 13.0.0. A line has the sides of the picture, the sides that it gets, and the CRC-32 of the pixels, row by row.

`tests/media/pillow.rs` draws the same picture and makes the same of it."""

import random
import zlib

import PIL
from PIL import Image

assert PIL.__version__ == "13.0.0", PIL.__version__
M = 0xFFFFFFFF


def noise(x, y):
    n = (x * 374761393 + y * 668265263) & M
    n = ((n ^ (n >> 13)) * 1274126177) & M
    return n >> 24


def picture(width, height):
    """Noise, a slope, and patches with hard edges: what a filter overshoots at."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            patch = 255 if (x // 3 ^ y // 5) & 1 else noise(x, y) & 63
            pixels += bytes((noise(x, y), (5 * x + 3 * y) & 255, patch))
    return Image.frombytes("RGB", (width, height), bytes(pixels))


def sizes():
    """Both sides up and down, one alone, neither; wide, tall, lines; and the sizes around which the order of the passes changes."""
    draw = random.Random(13)
    side = lambda: draw.choice((draw.randint(1, 12), draw.randint(13, 60), draw.randint(61, 140)))
    for _ in range(150):
        yield side(), side(), side(), side()
    for _ in range(20):
        width, height = side(), side()
        yield width, height, width, side()
        yield width, height, side(), height
    for _ in range(40):
        width, height, narrower = draw.randint(30, 90), draw.randint(90, 150), draw.randint(-20, 25)
        for lower in (2 * narrower - 1, 2 * narrower, 2 * narrower + 1, 1, 0):
            if 0 < height - lower and 0 < width - narrower:
                yield width, height, width - narrower, height - lower
    yield from ((1, 1, 7, 7), (7, 7, 1, 1), (1, 90, 40, 1), (90, 1, 1, 40), (33, 44, 33, 44), (150, 150, 3, 149), (150, 150, 149, 3))


for width, height, w, h in sizes():
    small = picture(width, height).resize((w, h), Image.LANCZOS)
    print(width, height, w, h, f"{zlib.crc32(small.tobytes()):08x}")
