//! A *clip* is a run of finished pictures: 8-bit RGB frames of one size, shown at a steady pace.

use std::fmt;
use std::time::Duration;

use super::Size;

/// What the frames of a video may take in memory: 388 of 1280x720 find room.
const ROOM: f64 = (1 << 30) as f64;

/// Frames, (frames, height, width, 3), in one buffer.
#[derive(Clone, PartialEq)]
pub struct Clip {
    size: Size,
    fps: f64,
    pixels: Vec<u8>,
}

impl Clip {
    /// The frames of `size` in `pixels`, (frames, height, width, 3), shown `fps` times a second.
    /// Bytes at the end that make no whole frame are left out.
    pub fn new(size: Size, fps: f64, mut pixels: Vec<u8>) -> Self {
        let frame = frame_bytes(size);
        pixels.truncate(pixels.len() / frame * frame);
        Self { size, fps, pixels }
    }

    /// The size at which a video of `frames` of the size `own` is held in memory: no side exceeds `within`, and all
    /// together find room, since a few bytes of a file can be a frame of any size.
    pub fn size_of(own: Size, frames: usize, within: Option<Size>) -> Size {
        let scale = (ROOM / (frame_bytes(own) as f64 * frames as f64)).sqrt();
        let room = |side| (f64::from(side) * scale) as u32;
        let asked = within.unwrap_or(own);
        let limit = Size::new(
            asked.width.min(room(own.width)),
            asked.height.min(room(own.height)),
        );
        if own.width > limit.width || own.height > limit.height {
            own.within(limit, 1)
        } else {
            own
        }
    }

    /// Width and height of each frame.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Frames a second: previews have one frame where the video will have four.
    pub fn fps(&self) -> f64 {
        self.fps
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        self.pixels.len() / frame_bytes(self.size)
    }

    /// Whether there is no frame at all.
    pub fn is_empty(&self) -> bool {
        self.pixels.is_empty()
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        Duration::try_from_secs_f64(self.len() as f64 / self.fps).unwrap_or_default()
    }

    /// Frame number `index`, (height, width, 3).
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        self.frames().nth(index)
    }

    /// All frames, (height, width, 3) each.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(frame_bytes(self.size))
    }
}

/// What one frame takes; never nothing, so that it can be divided by.
fn frame_bytes(size: Size) -> usize {
    (3 * size.area() as usize).max(1)
}

/// Without the pixels: millions of numbers tell nobody anything.
impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Clip({} frames of {} at {})",
            self.len(),
            self.size,
            self.fps
        )
    }
}
