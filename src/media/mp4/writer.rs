//! The way of frames into a file: encode, append, and put the index in front at the end.

use std::path::Path;

use super::encoder::Encoder;
use super::movie::Movie;
use crate::disk::PartialFile;
use crate::job::{Quality, Size};
use crate::{Error, Result};

/// Writes a video frame by frame; what it holds in memory is one frame and a few bytes for each.
///
/// The file gets its name when it is whole. Dropped before [`Mp4Writer::finish`], it leaves nothing.
pub struct Mp4Writer {
    file: PartialFile,
    encoder: Encoder,
    movie: Movie,
    frame_bytes: usize,
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
        Ok(Self {
            encoder: Encoder::new(size, fps, quality)?,
            movie: Movie::new(size, fps, settings.to_owned()),
            frame_bytes: 3 * size.area() as usize,
            file: PartialFile::create(path)?,
        })
    }

    /// Adds one frame of (height, width, 3) bytes.
    pub fn write(&mut self, rgb: &[u8]) -> Result<()> {
        if rgb.len() != self.frame_bytes {
            return Err(Error::Other(format!(
                "A frame of {} bytes does not fit into a video with {} bytes a frame",
                rgb.len(),
                self.frame_bytes
            )));
        }
        let sample = self.encoder.encode(rgb)?;
        self.file.write_at(self.movie.length(), &sample.bytes)?;
        self.movie.add(sample.bytes.len() as u32, sample.key);
        Ok(())
    }

    /// Completes the file and gives it its name, in place of whatever had that name.
    pub fn finish(mut self) -> Result<()> {
        if self.movie.frames() == 0 {
            return Err(Error::Other("A video needs at least one frame".into()));
        }
        let head = self.movie.head(self.encoder.parameters()?)?;
        self.file.move_up(self.movie.length(), head.len() as u64)?;
        self.file.write_at(0, &head)?;
        self.file.finish()
    }
}
