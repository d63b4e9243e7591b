"""Pictures in the colours of other profiles, and the same in sRGB: `python make.py` wrote the files beside this one, with
Pillow 13.0.0, whose ImageCms is LittleCMS."""

import io
import struct
from pathlib import Path

from PIL import Image, ImageCms

HERE = Path(__file__).parent
D50 = (0.9642, 1.0, 0.8249)
SRGB_CURVE = (3, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))


def s15(*numbers):
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def curve(kind, numbers):
    return b"para" + bytes(4) + struct.pack(">HH", kind, 0) + s15(*numbers)


def profile(space, tags):
    """An ICC profile of a display. `tags` by name."""
    tags = {"wtpt": b"XYZ " + bytes(4) + s15(*D50), **tags}
    at, directory, data = 132 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        directory += name.encode() + struct.pack(">II", at + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    header = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", header, 0, at + len(data), b"\0" * 4, 0x04200000, b"mntr", space, b"XYZ ")
    struct.pack_into(">6H4s", header, 24, 2026, 1, 1, 0, 0, 0, b"acsp")
    header[68:80] = s15(*D50)
    return bytes(header) + directory + data


def colours(primaries, trc):
    columns = zip(("rXYZ", "gXYZ", "bXYZ"), primaries)
    tags = {name: b"XYZ " + bytes(4) + s15(*column) for name, column in columns}
    return profile(b"RGB ", tags | {name: curve(*trc) for name in ("rTRC", "gTRC", "bTRC")})


PROFILES = {
    "p3": colours(((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407)), SRGB_CURVE),
    "adobe": colours(((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), (0, (2.19921875,))),
}
GREY = profile(b"GRAY", {"kTRC": curve(0, (1.8,))})
SRGB = ImageCms.createProfile("sRGB")


def read(icc):
    return ImageCms.ImageCmsProfile(io.BytesIO(icc))


ramp = Image.new("RGB", (32, 32))
ramp.putdata([(60 + 4 * x, 60 + 4 * y, 60 + 2 * (x + y)) for y in range(32) for x in range(32)])
ramp.save(HERE / "srgb.png")
for name, icc in PROFILES.items():
    other = ImageCms.profileToProfile(ramp, SRGB, read(icc), ImageCms.Intent.RELATIVE_COLORIMETRIC)
    other.save(HERE / f"{name}.png", icc_profile=icc)

grey = Image.new("L", (32, 8))
grey.putdata([8 * x + y // 2 for y in range(8) for x in range(32)])
grey.save(HERE / "grey.png", icc_profile=GREY)
shown = ImageCms.profileToProfile(grey, read(GREY), SRGB, ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB")
shown.save(HERE / "grey_srgb.png")

# Patches of 16 pixels, so that all that is left of the compression is a rounding.
inks = [(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255), (40, 90, 160, 30), (200, 10, 60, 90), (0, 0, 0, 128)]
print_ = Image.new("CMYK", (16 * len(inks), 16))
for place, ink in enumerate(inks):
    print_.paste(ink, (16 * place, 0, 16 * place + 16, 16))
file = io.BytesIO()
print_.save(file, "JPEG", quality=98, subsampling=0)
for name, transform in (("cmyk", 0), ("ycck", 2)):
    # The byte of Adobe's segment that tells how the inks are stored.
    jpeg = bytearray(file.getvalue())
    jpeg[jpeg.index(b"Adobe") + 11] = transform
    (HERE / f"{name}.jpg").write_bytes(jpeg)
    Image.open(HERE / f"{name}.jpg").convert("RGB").save(HERE / f"{name}_rgb.png")
