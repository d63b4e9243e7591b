//! A *poster* is one frame of a video, made small.

use std::path::{Path, PathBuf};

use image::RgbImage;

use super::records;
use crate::error::{Error, Result};
use crate::job::{Record, Size};
use crate::media::mp4::Mp4Reader;
use crate::media::photo;

/// Sharp in a cell of the grid on a screen with two pixels a point.
const LARGEST: Size = Size::new(480, 360);

/// Writes the poster of a record: its middle frame, in which what is told has begun.
pub(super) fn make(record: &Record, folder: &Path) -> Result<PathBuf> {
    let mut video = Mp4Reader::open(&record.file)?;
    let Size { width, height } = video.size();
    let frame = video.frame(video.frames() / 2)?;
    let frame = RgbImage::from_raw(width, height, frame)
        .ok_or_else(|| Error::content(&record.file, "has frames of the wrong size"))?;
    let size = video.size().within(LARGEST, 1);
    let small = photo::resize(&frame, size);
    let path = records::poster(folder, &record.id);
    photo::save(&path, size, small.as_raw())?;
    Ok(path)
}
