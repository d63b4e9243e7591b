//! The way of frames out of a file: one after the other, or from anywhere.

use std::path::Path;

use image::{RgbImage, imageops};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;

use super::boxes::Boxes;
use super::colour::Planes;
use super::samples::{Place, START_CODE, Samples};
use crate::job::{Clip, Size};
use crate::{Error, Result};

/// A video that this program wrote, or another one in H.264 whose frames lie in order.
pub struct Mp4Reader {
    file: Boxes,
    samples: Samples,
    decoder: Decoder,
    /// The frame that the decoder expects next.
    next: usize,
}

/// The whole video in memory, made smaller where [`Clip::size_of`] says so. `step` is told how many frames of how many are
/// there, and may end it with an error.
///
/// # Errors
/// It cannot be read, or `step` ended it.
pub fn clip(
    path: &Path,
    within: Option<Size>,
    mut step: impl FnMut(usize, usize) -> Result<()>,
) -> Result<Clip> {
    let mut video = Mp4Reader::open(path)?;
    let frames = video.frames();
    let own = video.size();
    let size = Clip::size_of(own, frames, within);
    let mut pixels = Vec::new();
    for index in 0..frames {
        step(index, frames)?;
        let frame = video.frame(index)?;
        if size == own {
            pixels.extend(frame);
        } else {
            let frame = RgbImage::from_raw(own.width, own.height, frame).unwrap_or_default();
            pixels.extend(imageops::thumbnail(&frame, size.width, size.height).into_raw());
        }
    }
    step(frames, frames)?;
    Ok(Clip::new(size, video.fps(), pixels))
}

impl Mp4Reader {
    /// Reads the index.
    ///
    /// # Errors
    /// It is no video that can be read here; what it is instead.
    pub fn open(path: &Path) -> Result<Self> {
        let file = Boxes::open(path)?;
        let samples = Samples::read(&file)?;
        let Size { width, height } = samples.size;
        if !width.is_multiple_of(2) || !height.is_multiple_of(2) || samples.size.area() == 0 {
            return Err(file.problem("has sides that are not even, as no video of Zoetrope has"));
        }
        Ok(Self {
            file,
            samples,
            decoder: decoder()?,
            next: 0,
        })
    }

    /// Width and height of a frame.
    pub fn size(&self) -> Size {
        self.samples.size
    }

    /// Frames a second, on average.
    pub fn fps(&self) -> f64 {
        self.samples.fps
    }

    /// The number of frames.
    pub fn frames(&self) -> usize {
        self.samples.places.len()
    }

    /// Frame number `index`, (height, width, 3) bytes. The one after the last that was read is the
    /// fastest; from elsewhere decoding starts at the key frame before.
    ///
    /// # Errors
    /// There is no such frame, or the file is damaged.
    pub fn frame(&mut self, index: usize) -> Result<Vec<u8>> {
        if index >= self.frames() {
            let problem = format!(
                "has {} frames: there is no frame {}",
                self.frames(),
                index + 1
            );
            return Err(self.file.problem(problem));
        }
        let places = &self.samples.places[..=index];
        let key = places.iter().rposition(|place| place.key).unwrap_or(0);
        if index < self.next || key > self.next {
            self.next = key;
        }
        while self.next < index {
            self.decode(self.next, |_| ())?;
        }
        let size = self.samples.size;
        self.decode(index, |planes| planes.to_rgb(size))
    }

    /// Decodes the frame that is next, and has `take` look at it.
    fn decode<T>(&mut self, index: usize, take: impl FnOnce(Planes) -> T) -> Result<T> {
        // What went wrong on the way may have left anything behind: then the next one starts anew.
        self.next = self.frames();
        let Place { at, bytes, key } = self.samples.places[index];
        let sample = self.file.read(at, bytes)?;
        let mut stream = if key {
            self.samples.parameters.clone()
        } else {
            Vec::new()
        };
        self.append(&sample, &mut stream)?;
        let number = index + 1;
        let broken = format!("frame {number} cannot be decoded");
        let Ok(Some(picture)) = self.decoder.decode(&stream) else {
            return Err(self.file.damaged(&broken));
        };
        let Size { width, height } = self.samples.size;
        if picture.dimensions() != (width as usize, height as usize) {
            return Err(self.file.damaged(&broken));
        }
        let (luma, blue, red) = picture.strides();
        let taken = take(Planes {
            luma: (picture.y(), luma),
            blue: (picture.u(), blue),
            red: (picture.v(), red),
        });
        self.next = index + 1;
        Ok(taken)
    }

    /// Adds the NAL units of a frame to `stream`, behind start codes instead of their lengths.
    fn append(&self, mut sample: &[u8], stream: &mut Vec<u8>) -> Result<()> {
        while !sample.is_empty() {
            let unit =
                sample
                    .split_at_checked(self.samples.length_bytes)
                    .and_then(|(length, rest)| {
                        let length = length
                            .iter()
                            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                        rest.split_at_checked(length)
                    });
            let Some((unit, rest)) = unit else {
                return Err(self.file.damaged("a frame is too short"));
            };
            stream.extend(START_CODE);
            stream.extend(unit);
            sample = rest;
        }
        Ok(())
    }
}

fn decoder() -> Result<Decoder> {
    Decoder::new().map_err(|error| Error::Other(format!("The video decoder stopped: {error}")))
}
