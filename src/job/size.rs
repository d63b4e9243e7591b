//! A *size* is the width and height of a picture or a video, in pixels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "[u32; 2]", from = "[u32; 2]")]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// A size of `width` by `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// The largest video that can be written, lying or standing: `OpenH264` ends there.
    pub const LARGEST_VIDEO: Self = Self::new(3840, 2160);

    /// Whether a video can have this size, as far as it is not too small.
    pub fn fits_video(self) -> bool {
        let (short, long) = (self.width.min(self.height), self.width.max(self.height));
        long <= Self::LARGEST_VIDEO.width && short <= Self::LARGEST_VIDEO.height
    }

    /// The number of pixels.
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Width over height.
    pub fn aspect(self) -> f64 {
        f64::from(self.width) / f64::from(self.height)
    }

    /// The largest size that is no larger than this one and whose sides are multiples of `step`
    /// (but at least one step).
    #[must_use]
    pub fn aligned(self, step: u32) -> Self {
        let down = |side: u32| (side / step).max(1) * step;
        Self::new(down(self.width), down(self.height))
    }

    /// The size with sides that are multiples of `step` whose aspect is nearest to this one's,
    /// among the two that fill `max_area` best when the width or the height is fixed first.
    ///
    /// Wan2.2 `wan/utils/utils.py`, `best_output_size`.
    #[must_use]
    pub fn best_within(self, step: u32, max_area: u64) -> Self {
        let step = f64::from(step);
        let area = max_area as f64;
        let floor = |side: f64| ((side / step).floor() * step).max(step);
        let width = (area * self.aspect()).sqrt();

        let by_width = floor(width);
        let by_width = (by_width, floor(area / by_width));
        let by_height = floor(area / width);
        let by_height = (floor(area / by_height), by_height);

        let distortion = |(w, h): (f64, f64)| {
            let relative = self.aspect() / (w / h);
            relative.max(relative.recip())
        };
        let (width, height) = if distortion(by_width) < distortion(by_height) {
            by_width
        } else {
            by_height
        };
        Self::new(width as u32, height as u32)
    }

    /// The size that fills `max_area` with about this one's aspect, each side rounded down to a
    /// multiple of `step` for itself.
    ///
    /// Wan2.2 `wan/image2video.py`, `WanI2V.generate`.
    #[must_use]
    pub fn each_within(self, step: u32, max_area: u64) -> Self {
        let step = f64::from(step);
        let area = max_area as f64;
        let aspect = f64::from(self.height) / f64::from(self.width);
        let floor = |side: f64| ((side / step).floor() * step).max(step) as u32;
        Self::new(floor((area / aspect).sqrt()), floor((area * aspect).sqrt()))
    }
}

impl Size {
    /// The size in steps of `step` with about this one's aspect that fills `max_area` or, if that is less, this one.
    ///
    /// Wan2.1 `wan/utils/vace_processor.py`, `VaceVideoProcessor._get_frameid_bbox`.
    #[must_use]
    pub fn source_within(self, step: u32, max_area: u64) -> Self {
        let square = u64::from(step) * u64::from(step);
        let own = u64::from(self.width / step) * u64::from(self.height / step);
        let squares = (max_area as f64 / square as f64).min(own.max(1) as f64);
        let rows = (squares / self.aspect()).sqrt().round_ties_even().max(1.0);
        let columns = (squares / rows).floor().max(1.0);
        Self::new(columns as u32 * step, rows as u32 * step)
    }
}

impl From<[u32; 2]> for Size {
    fn from([width, height]: [u32; 2]) -> Self {
        Self::new(width, height)
    }
}

impl From<Size> for [u32; 2] {
    fn from(size: Size) -> Self {
        [size.width, size.height]
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (width, height) = text.split_once(['x', 'X', '×', '*'])?;
            Some(Self::new(
                width.trim().parse().ok().filter(|&side| side > 0)?,
                height.trim().parse().ok().filter(|&side| side > 0)?,
            ))
        };
        parse().ok_or_else(|| "give width and height in pixels, as in 832x480".into())
    }
}
