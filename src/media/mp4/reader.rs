//! The way of frames out of a file: one after the other, or from anywhere.

use std::collections::VecDeque;
use std::path::Path;

use image::{RgbImage, imageops};
use openh264::decoder::{DecodeOptions, DecodedYUV, Decoder, Flush};
use openh264::formats::YUVSource;

use super::boxes::Boxes;
use super::colour::{Colour, Planes};
use super::samples::{Place, START_CODE, Samples};
use crate::job::{Clip, Size};
use crate::{Error, Result};

/// A video in H.264.
pub struct Mp4Reader {
    file: Boxes,
    samples: Samples,
    decoder: Decoder,
    /// The frame that the decoder expects next, as they lie in the file.
    next: usize,
    /// The rank of the frame that the decoder gives next, where it changes their order.
    out: usize,
    /// Whether it has seen nothing yet.
    is_fresh: bool,
    /// What it gave at the end all at once.
    rest: VecDeque<Vec<u8>>,
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
            return Err(file.problem("has sides that are not even: convert it to H.264 once more"));
        }
        Ok(Self {
            file,
            samples,
            decoder: decoder()?,
            next: 0,
            out: 0,
            is_fresh: true,
            rest: VecDeque::new(),
        })
    }

    /// Width and height of a frame.
    pub fn size(&self) -> Size {
        self.samples.turn.size(self.samples.size)
    }

    /// Frames a second, on average.
    pub fn fps(&self) -> f64 {
        self.samples.fps
    }

    /// The number of frames.
    pub fn frames(&self) -> usize {
        self.samples.order.len()
    }

    /// Frame number `index`, (height, width, 3) bytes. The one after the last that was read is the
    /// fastest; from elsewhere decoding starts at the key frame before.
    ///
    /// # Errors
    /// There is no such frame, or the file is damaged.
    pub fn frame(&mut self, index: usize) -> Result<Vec<u8>> {
        let Some(rank) = self.samples.order.rank(index) else {
            let problem = format!(
                "has {} frames: there is no frame {}",
                self.frames(),
                index + 1
            );
            return Err(self.file.problem(problem));
        };
        let frame = if self.samples.order.is_plain {
            self.plain(rank)?
        } else {
            self.reordered(rank)?
        };
        Ok(self.samples.turn.apply(self.samples.size, frame))
    }

    /// A frame of a file in which they lie as they are shown.
    fn plain(&mut self, index: usize) -> Result<Vec<u8>> {
        if index != self.next {
            let keys = (0..=index).rev().filter(|&at| self.samples.places[at].key);
            let key = self.start_of(keys);
            if index < self.next || key > self.next {
                self.next = key;
            }
        }
        while self.next < index {
            self.decode(self.next, |_| ())?;
        }
        let (size, colour) = (self.samples.size, self.samples.colour);
        self.decode(index, |planes| planes.to_rgb(size, &colour))
    }

    /// A frame of a file in which they lie otherwise: the decoder holds them back until it is their turn.
    fn reordered(&mut self, rank: usize) -> Result<Vec<u8>> {
        if rank != self.out {
            let Samples { places, order, .. } = &self.samples;
            let keys = order.starts(rank).filter(|&at| places[at].key);
            let start = self.start_of(keys);
            if rank < self.out || start > self.out {
                (self.next, self.out) = (start, start);
                self.rest.clear();
                self.is_fresh = true;
                // What the other one still holds back belongs elsewhere.
                self.decoder = decoder()?;
            }
        }
        loop {
            let wanted = self.out == rank;
            let Some(frame) = self.step(wanted)? else {
                continue;
            };
            self.out += 1;
            if wanted {
                return Ok(frame);
            }
        }
    }

    /// The first of these key frames with which a decoder can begin. Others call frames so that lean on nothing themselves,
    /// but are in the middle of something.
    fn start_of(&self, mut keys: impl Iterator<Item = usize>) -> usize {
        /// The type of a NAL unit that begins anew.
        const ANEW: u8 = 5;
        let begins = |at: &usize| {
            let Place { at, bytes, .. } = self.samples.places[*at];
            let sample = self.file.read(at, bytes).unwrap_or_default();
            let mut types = units(&sample, self.samples.length_bytes);
            types
                .any(|unit| unit.is_some_and(|unit| unit.first().is_some_and(|b| b & 0x1f == ANEW)))
        };
        keys.find(begins).unwrap_or(0)
    }

    /// Gives the decoder the next frame, or empties it behind the last; what comes out of it, if something does, and if it
    /// is `wanted` its pixels.
    fn step(&mut self, wanted: bool) -> Result<Option<Vec<u8>>> {
        if let Some(frame) = self.rest.pop_front() {
            return Ok(Some(frame));
        }
        let broken =
            |file: &Boxes, number| file.damaged(&format!("frame {number} cannot be decoded"));
        let Some(&place) = self.samples.places.get(self.next) else {
            let (size, colour) = (self.samples.size, self.samples.colour);
            let Ok(rest) = self.decoder.flush_remaining() else {
                return Err(broken(&self.file, self.out + 1));
            };
            let rest = rest.iter().map(|picture| pixels(picture, size, &colour));
            self.rest = rest.collect::<Option<_>>().unwrap_or_default();
            if self.rest.is_empty() {
                return Err(broken(&self.file, self.out + 1));
            }
            return Ok(None);
        };
        let number = self.next + 1;
        // Given once more in the middle, they would make it forget what the next frames need.
        let stream = self.stream(place, self.is_fresh)?;
        self.is_fresh = false;
        self.next = number;
        let held = DecodeOptions::new().flush_after_decode(Flush::NoFlush);
        let Ok(picture) = self.decoder.decode_with_options(&stream, held) else {
            // What went wrong may have left anything behind: the next one starts anew.
            self.out = usize::MAX;
            return Err(broken(&self.file, number));
        };
        let Some(picture) = picture else {
            return Ok(None);
        };
        if !wanted {
            return Ok(Some(Vec::new()));
        }
        let found = pixels(&picture, self.samples.size, &self.samples.colour);
        found.map(Some).ok_or_else(|| broken(&self.file, number))
    }

    /// A frame as the decoder takes it, with the parameters of all of them before it or without.
    fn stream(&self, Place { at, bytes, .. }: Place, is_told: bool) -> Result<Vec<u8>> {
        let sample = self.file.read(at, bytes)?;
        let mut stream = if is_told {
            self.samples.parameters.clone()
        } else {
            Vec::new()
        };
        self.append(&sample, &mut stream)?;
        Ok(stream)
    }

    /// Decodes the frame that is next, and has `take` look at it.
    fn decode<T>(&mut self, index: usize, take: impl FnOnce(Planes) -> T) -> Result<T> {
        // What went wrong on the way may have left anything behind: then the next one starts anew.
        self.next = self.frames();
        let place = self.samples.places[index];
        let stream = self.stream(place, place.key)?;
        let number = index + 1;
        let broken = format!("frame {number} cannot be decoded");
        let Ok(Some(picture)) = self.decoder.decode(&stream) else {
            return Err(self.file.damaged(&broken));
        };
        let Size { width, height } = self.samples.size;
        if picture.dimensions() != (width as usize, height as usize) {
            return Err(self.file.damaged(&broken));
        }
        let taken = take(planes(&picture));
        self.next = index + 1;
        Ok(taken)
    }

    /// Adds the NAL units of a frame to `stream`, behind start codes instead of their lengths.
    fn append(&self, sample: &[u8], stream: &mut Vec<u8>) -> Result<()> {
        for unit in units(sample, self.samples.length_bytes) {
            let Some(unit) = unit else {
                return Err(self.file.damaged("a frame is too short"));
            };
            stream.extend(START_CODE);
            stream.extend(unit);
        }
        Ok(())
    }
}

/// The NAL units of a frame, each behind its length of so many bytes; none for one that is cut off.
fn units(mut sample: &[u8], length_bytes: usize) -> impl Iterator<Item = Option<&[u8]>> {
    std::iter::from_fn(move || {
        if sample.is_empty() {
            return None;
        }
        let unit = sample
            .split_at_checked(length_bytes)
            .and_then(|(length, rest)| {
                let length = length
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                rest.split_at_checked(length)
            });
        sample = unit.map_or(&[], |(_, rest)| rest);
        Some(unit.map(|(unit, _)| unit))
    })
}

/// A picture as (height, width, 3) bytes, if it has the size that the file tells.
fn pixels(picture: &DecodedYUV<'_>, size: Size, colour: &Colour) -> Option<Vec<u8>> {
    let own = (size.width as usize, size.height as usize);
    (picture.dimensions() == own).then(|| planes(picture).to_rgb(size, colour))
}

fn planes<'a>(picture: &'a DecodedYUV<'_>) -> Planes<'a> {
    let (luma, blue, red) = picture.strides();
    Planes {
        luma: (picture.y(), luma),
        blue: (picture.u(), blue),
        red: (picture.v(), red),
    }
}

fn decoder() -> Result<Decoder> {
    Decoder::new().map_err(|error| Error::Other(format!("The video decoder stopped: {error}")))
}
