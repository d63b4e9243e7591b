//! The *span* of a video that somebody brings along: how large and how long it is, and which of its frames are used.

use super::Size;

/// Frames that a latent covers.
const STRIDE: u32 = 4;

/// What a video tells of itself before any of it is decoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Width and height of a frame.
    pub size: Size,
    /// The number of frames.
    pub frames: u32,
    /// Frames a second; pictures in a folder have those of the model.
    pub fps: Option<f64>,
}

impl Span {
    /// The longest video of 4n + 1 frames that it has frames for, at no more than so many a second.
    pub fn length(&self, fps: u32) -> u32 {
        // What is a whole number must not be lost to rounding.
        let frames = f64::from(self.frames) / self.frames_apart(fps) + 1e-6;
        (frames as u32).saturating_sub(1) / STRIDE * STRIDE + 1
    }

    /// Which frames a video of so many, at so many a second, takes. All of a source that has just enough of them are
    /// spread over the video, as by the official rule; of a longer one the first are taken, and of a shorter one there are
    /// fewer than asked for.
    ///
    /// [`VaceVideoProcessor`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/utils/vace_processor.py),
    /// `_get_frameid_bbox_adjust_last`.
    pub fn pick(&self, frames: u32, fps: u32) -> Vec<usize> {
        let own = self.length(fps);
        let apart = self.frames_apart(fps);
        let last = self.frames.saturating_sub(1);
        let at = |time: f64| (time as u32).min(last) as usize;
        if frames != own || frames == 1 {
            let count = frames.min(own);
            return (0..count)
                .map(|i| at(f64::from(i) * apart + 1e-6))
                .collect();
        }
        let end = f64::from(self.frames) - 0.5;
        let step = end / f64::from(frames - 1);
        // A time between two frames belongs to the one before.
        let spread = (0..frames).map(|i| at((f64::from(i) * step).ceil() - 1.0));
        spread.collect()
    }

    /// What of it a video of this size takes that has so many frames, so many of them a second.
    pub fn taken(&self, size: Size, frames: u32, fps: u32) -> Taken {
        let taken = u32::try_from(self.pick(frames, fps).len()).unwrap_or(u32::MAX);
        let is_thinned = self.frames_apart(fps) > 1.0 + 1e-3;
        // Sides are rounded to what the model works in, which takes off less than anybody sees.
        let other = self.size.aspect() / size.aspect();
        Taken {
            frames: taken,
            of: self.frames,
            thinned: self.fps.filter(|_| is_thinned).map(|own| (own, fps)),
            cropped: (other.max(other.recip()) > 1.02).then_some(size),
            missing: frames.saturating_sub(taken),
        }
    }

    /// How many of its frames lie between two of a video at so many a second.
    fn frames_apart(&self, fps: u32) -> f64 {
        let fps = f64::from(fps);
        self.fps.map_or(1.0, |own| (own / fps).max(1.0))
    }
}

/// What of a video is taken for another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// How many of its frames.
    pub frames: u32,
    /// How many it has.
    pub of: u32,
    /// Where it has more a second than the other one: how many, and to how many it is thinned out.
    pub thinned: Option<(f64, u32)>,
    /// Where it has another shape: to which size it is cropped.
    pub cropped: Option<Size>,
    /// How many frames of the other one come after its end.
    pub missing: u32,
}

impl Taken {
    /// Whether it is taken as it is.
    pub fn is_whole(&self) -> bool {
        self.frames == self.of && self.cropped.is_none() && self.missing == 0
    }
}
