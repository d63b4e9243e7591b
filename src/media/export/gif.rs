//! A video as an animated GIF: one palette for all frames, so that colours do not jump, and of each
//! frame only what is not as before.

use std::io::BufWriter;
use std::path::Path;

use gif::{Encoder, EncodingError, Frame, Repeat};

use super::dither::Dither;
use super::palette::{COLOURS, Sample};
use super::{Frames, Step};
use crate::disk::PartialFile;
use crate::job::Size;
use crate::{Error, Result};

/// The index that means "as before".
const SAME: u8 = COLOURS as u8;

/// Players show frames that are to last less than this many hundredths of a second much longer.
const SHORTEST: f64 = 2.0;

/// Writes a GIF that repeats for ever.
pub(super) fn write(target: &Path, mut frames: Frames, step: Step) -> Result<()> {
    let size = frames.size;
    let (Ok(width), Ok(height)) = (u16::try_from(size.width), u16::try_from(size.height)) else {
        return Err(Error::Other(format!(
            "A GIF cannot be {size} pixels large: make it smaller"
        )));
    };
    let shown = Shown::new(frames.len(), frames.fps());
    // Once to choose the colours, once to write.
    let of = 2 * shown.0.len();
    let mut sample = Sample::of(shown.0.len() * size.area() as usize);
    for (done, &(index, _)) in shown.0.iter().enumerate() {
        step(done, of)?;
        sample.see(&frames.get(index)?);
    }
    let palette = sample.palette();

    let mut colours = palette.colours.concat();
    colours.resize(3 * (COLOURS + 1), 0);
    let file = BufWriter::new(PartialFile::create(target)?);
    let mut encoder = Encoder::new(file, width, height, &colours).map_err(unwritten(target))?;
    encoder
        .set_repeat(Repeat::Infinite)
        .map_err(unwritten(target))?;
    let mut dither = Dither::new(palette);
    let mut before = Vec::new();
    for (done, &(index, delay)) in shown.0.iter().enumerate() {
        step(shown.0.len() + done, of)?;
        let indices = dither.indices(&frames.get(index)?, size.width as usize);
        let frame = Frame {
            delay,
            ..changed(&indices, &before, size)
        };
        encoder.write_frame(&frame).map_err(unwritten(target))?;
        before = indices;
    }
    step(of, of)?;
    let file = encoder.into_inner().map_err(unwritten(target))?;
    let file = file
        .into_inner()
        .map_err(|error| Error::file("write", target)(error.into_error()))?;
    file.finish()
}

/// The frames that are shown, and for how many hundredths of a second.
struct Shown(Vec<(usize, u16)>);

impl Shown {
    /// Where the video is faster than players are, frames are left out. The time of each is rounded
    /// so that the whole keeps its length.
    fn new(frames: usize, fps: f64) -> Self {
        let each = 100.0 / fps.clamp(0.01, 1000.0);
        let stride = (SHORTEST / each).ceil().max(1.0) as usize;
        let begins = |index: usize| (index as f64 * each).round() as u64;
        let shown = (0..frames).step_by(stride).map(|index| {
            let end = begins((index + stride).min(frames));
            (
                index,
                u16::try_from(end - begins(index)).unwrap_or(u16::MAX),
            )
        });
        Self(shown.collect())
    }
}

/// The smallest rectangle of a frame that is not as `before`, and in it "as before" where it is.
fn changed(indices: &[u8], before: &[u8], size: Size) -> Frame<'static> {
    let width = size.width as usize;
    let differs = |at: usize| before.get(at) != Some(&indices[at]);
    let row_differs = |y: &usize| (y * width..(y + 1) * width).any(differs);
    let rows = 0..size.height as usize;
    let top = rows.clone().find(row_differs).unwrap_or(0);
    let bottom = rows.clone().rfind(row_differs).unwrap_or(0) + 1;
    let column_differs = |x: &usize| (top..bottom).any(|y| differs(y * width + x));
    let left = (0..width).find(column_differs).unwrap_or(0);
    let right = (0..width).rfind(column_differs).unwrap_or(0) + 1;
    let pixels = (top..bottom).flat_map(|y| y * width + left..y * width + right);
    let buffer: Vec<u8> = pixels
        .map(|at| if differs(at) { indices[at] } else { SAME })
        .collect();
    Frame {
        left: left as u16,
        top: top as u16,
        width: (right - left) as u16,
        height: (bottom - top) as u16,
        transparent: Some(SAME),
        buffer: buffer.into(),
        ..Frame::default()
    }
}

fn unwritten(target: &Path) -> impl Fn(EncodingError) -> Error {
    move |error| match error {
        EncodingError::Io(error) => Error::file("write", target)(error),
        error => Error::Other(format!("{} cannot be written: {error}", target.display())),
    }
}
