//! An *export* is a finished video, or part of it, as a file of another kind.

use std::path::{Path, PathBuf};

use super::{Quality, Size};

/// What to make of a video, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// The video.
    pub source: PathBuf,
    /// The first and the last of its frames that are wanted, counted from 0; all if there are none. A still is told by its
    /// number in the whole video.
    pub range: Option<[usize; 2]>,
    /// Other videos that follow it, each with its first and last frame. They come at the size of the first.
    pub then: Vec<(PathBuf, [usize; 2])>,
    /// What to make of it.
    pub format: Format,
    /// The size that it must not exceed, in the aspect of the video; its own if there is none.
    pub within: Option<Size>,
    /// The file to write, or for [`Format::Pictures`] the folder.
    pub target: PathBuf,
}

/// The kinds of files that a video becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A video, encoded anew.
    Mp4(Quality),
    /// An animated GIF.
    Gif,
    /// A folder with a PNG for each frame.
    Pictures,
    /// One frame, counted from 0, as PNG or JPEG.
    Still(usize),
}

impl Format {
    /// What the name of `target` asks for: nothing that is known, if it ends in something else. A
    /// name without an ending is a folder, and so is one that ends in a slash or belongs to a folder already.
    pub fn of(target: &Path, quality: Quality, frame: Option<usize>) -> Option<Self> {
        let is_folder = target.as_os_str().as_encoded_bytes().ends_with(b"/") || target.is_dir();
        let Some(ending) = target.extension().filter(|_| !is_folder) else {
            return Some(Self::Pictures);
        };
        match ending.to_string_lossy().to_lowercase().as_str() {
            "mp4" => Some(Self::Mp4(quality)),
            "gif" => Some(Self::Gif),
            "png" | "jpg" | "jpeg" => Some(Self::Still(frame.unwrap_or(0))),
            _ => None,
        }
    }
}

impl Size {
    /// The largest size of this one's aspect that does not exceed `limit`, with sides that are
    /// multiples of `step`.
    #[must_use]
    pub fn within(self, limit: Self, step: u32) -> Self {
        let scale = |limit: u32, side: u32| f64::from(limit) / f64::from(side.max(1));
        let scale = scale(limit.width, self.width).min(scale(limit.height, self.height));
        let side = |side: u32, limit: u32| {
            let steps = (f64::from(side) * scale / f64::from(step)).round();
            (steps as u32).clamp(1, (limit / step).max(1)) * step
        };
        Self::new(
            side(self.width, limit.width),
            side(self.height, limit.height),
        )
    }
}
