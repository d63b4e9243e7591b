//! The way of frames into a file: encode, append, and put the index in front at the end.

use std::path::Path;

use super::encoder::refuse_impossible;
use super::groups::{Groups, Settings, Written};
use super::movie::Movie;
use crate::disk::PartialFile;
use crate::job::{Quality, Size};
use crate::{Error, Result};

/// Writes a video frame by frame, on threads of its own; what it holds in memory are frames that wait to be encoded, 128 MiB
/// of them at most, and a few bytes for each that is written.
///
/// The file gets its name when it is whole. Dropped before [`Mp4Writer::finish`], it leaves nothing.
pub struct Mp4Writer {
    groups: Groups,
    frame_bytes: usize,
    any: bool,
}

impl Mp4Writer {
    /// Begins the video `path`. `settings` is the request as a JSON object; it is stored as the
    /// file's comment, and [`super::settings`] reads it back.
    pub fn create(
        path: &Path,
        size: Size,
        fps: u32,
        quality: Quality,
        settings: &str,
    ) -> Result<Self> {
        if !(1..=240).contains(&fps) {
            return Err(Error::Other(format!(
                "A video cannot have {fps} frames a second: give a number from 1 to 240"
            )));
        }
        refuse_impossible(size)?;
        let movie = Movie::new(size, fps, settings.to_owned());
        let frames = Settings { size, fps, quality };
        Ok(Self {
            groups: Groups::new(frames, PartialFile::create(path)?, movie)?,
            frame_bytes: 3 * size.area() as usize,
            any: false,
        })
    }

    /// Encodes with at most so many threads instead of one a core. The file is the same.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.groups.limit(threads);
        self
    }

    /// Adds one frame of (height, width, 3) bytes. What is wrong with it may be told only with a later one.
    pub fn write(&mut self, rgb: &[u8]) -> Result<()> {
        if rgb.len() != self.frame_bytes {
            return Err(Error::Other(format!(
                "A frame of {} bytes does not fit into a video with {} bytes a frame",
                rgb.len(),
                self.frame_bytes
            )));
        }
        self.any = true;
        self.groups.add(rgb.to_vec())
    }

    /// Completes the file and gives it its name, in place of whatever had that name.
    pub fn finish(mut self) -> Result<()> {
        if !self.any {
            return Err(Error::Other("A video needs at least one frame".into()));
        }
        let Written {
            mut file,
            movie,
            parameters,
        } = self.groups.finish()?;
        let head = movie.head(&parameters.unwrap_or_default())?;
        file.move_up(movie.length(), head.len() as u64)?;
        file.write_at(0, &head)?;
        file.finish()
    }
}
