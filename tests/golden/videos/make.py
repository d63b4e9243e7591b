"""Writes the videos beside it as other programs do, with ffmpeg 5.1: frame number t has the pixels

    red = 20 + 6 t, green = 20 + 3 x, blue = 20 + 4 y, and a white square at (2 t, 16).
"""

import os
import subprocess

WIDTH, HEIGHT, FRAMES = 64, 48, 30


def frame(t):
    rows = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            white = 2 * t <= x < 2 * t + 8 and 16 <= y < 24
            rows += bytes([255] * 3 if white else [20 + 6 * t, 20 + 3 * x, 20 + 4 * y])
    return bytes(rows)


def run(*arguments, **more):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True, **more)


def write(name, *arguments, fps=24, frames=FRAMES):
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(fps), "-i", "-"]
    run(*source, *arguments, name, input=b"".join(map(frame, range(frames))))


H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "12"]
TOLD = ["-movflags", "+write_colr"]
BT709 = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv", *TOLD]

# What most programs write: frames made of later ones.
write("shuffled.mp4", *H264, *BT709, "-bf", "3", "-g", "10")
# Where a group of frames needs the one before.
write("open.mp4", *H264, *BT709, "-bf", "3", "-g", "10", "-x264-params", "open-gop=1:b-pyramid=normal")
# The beginning and the end cut off without encoding anything again.
run("-ss", "0.5", "-i", "shuffled.mp4", "-t", "0.5", "-c", "copy", *TOLD, "cut.mp4")
# As a telephone writes it that is held upright.
write("upright.mov", *H264, *BT709, "-bf", "0", frames=6)
run("-i", "upright.mov", "-c", "copy", "-metadata:s:v", "rotate=270", *TOLD, "turned.mov")
os.remove("upright.mov")
# Old colours in all of the 8 bits, and old colours that nobody tells of.
full = ["-vf", "scale=out_color_matrix=smpte170m:out_range=pc", "-colorspace", "smpte170m", "-color_range", "pc", *TOLD]
write("full.mp4", *H264, *full, "-bf", "2", frames=6)
write("untold.mp4", *H264, "-vf", "scale=out_color_matrix=smpte170m:out_range=tv", "-bf", "2", frames=6)
# Other codecs.
write("hevc.mp4", "-c:v", "libx265", "-pix_fmt", "yuv420p", "-x265-params", "log-level=error", "-tag:v", "hvc1", frames=3)
write("prores.mov", "-c:v", "prores_ks", "-profile:v", "0", frames=1)
