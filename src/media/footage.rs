//! *Footage* is a video that somebody brings along to be followed or changed: an MP4, an animated GIF, or a folder of
//! pictures in the order of their names.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, DynamicImage, ImageError, RgbImage};

use super::mp4::Mp4Reader;
use super::photo;
use crate::job::{Flaw, Size, Span};
use crate::{Error, Result};

/// The endings of pictures in a folder; whatever else lies there is passed over.
const PICTURES: [&str; 8] = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"];
/// An animation is decoded at once, so it must not be longer than this, in pixels of all its frames.
const MOST_PIXELS: u64 = 1 << 30;

/// A video whose frames can be looked at in any order.
pub struct Footage {
    path: PathBuf,
    frames: Frames,
    size: Size,
    fps: Option<f64>,
}

enum Frames {
    Video(Box<Mp4Reader>),
    Pictures(Vec<PathBuf>),
    Decoded(Vec<RgbImage>),
}

/// How long the footage is, and how large: all that a plan has to know of it.
///
/// # Errors
/// As [`Footage::open`].
pub fn span(path: &Path) -> Result<Span> {
    let footage = Footage::open(path)?;
    Ok(Span {
        size: footage.size,
        frames: u32::try_from(footage.len()).unwrap_or(u32::MAX),
        fps: footage.fps,
    })
}

impl Footage {
    /// Looks at a file or a folder. Of a video only the index is read, of pictures the first one's header.
    ///
    /// # Errors
    /// It is none, or in a form that cannot be read here.
    pub fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            return Self::of_folder(path);
        }
        let ending = path.extension().unwrap_or_default();
        if ending.eq_ignore_ascii_case("gif") {
            return Self::of_animation(path);
        }
        if PICTURES
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
        {
            let size = photo::size(path)?;
            return Ok(Self::new(
                path,
                Frames::Pictures(vec![path.to_owned()]),
                size,
                None,
            ));
        }
        let reader = Mp4Reader::open(path)?;
        let (size, fps) = (reader.size(), reader.fps());
        Ok(Self::new(
            path,
            Frames::Video(Box::new(reader)),
            size,
            Some(fps),
        ))
    }

    fn new(path: &Path, frames: Frames, size: Size, fps: Option<f64>) -> Self {
        Self {
            path: path.to_owned(),
            frames,
            size,
            fps: fps.filter(|fps| fps.is_finite() && *fps > 0.0),
        }
    }

    fn of_folder(path: &Path) -> Result<Self> {
        let entries = fs::read_dir(path).map_err(Error::file("read", path))?;
        let files = entries.flatten().map(|entry| entry.path());
        let is_picture = |file: &PathBuf| {
            let ending = file.extension().unwrap_or_default();
            PICTURES
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        };
        let mut pictures: Vec<_> = files.filter(is_picture).collect();
        pictures.sort();
        let Some(first) = pictures.first() else {
            let problem = "holds no pictures: give a video, or a folder with its frames";
            return Err(Error::content(path, problem));
        };
        let size = photo::size(first)?;
        Ok(Self::new(path, Frames::Pictures(pictures), size, None))
    }

    fn of_animation(path: &Path) -> Result<Self> {
        let size = photo::size(path)?;
        let damaged = |error: ImageError| Error::content(path, Flaw::CutShort(error.to_string()));
        let file = File::open(path).map_err(Error::file("read", path))?;
        let decoder = GifDecoder::new(BufReader::new(file)).map_err(damaged)?;
        let (mut frames, mut seconds) = (Vec::new(), 0.0);
        for frame in decoder.into_frames() {
            let frame = frame.map_err(damaged)?;
            let (numerator, denominator) = frame.delay().numer_denom_ms();
            seconds += f64::from(numerator) / f64::from(denominator.max(1)) / 1000.0;
            frames.push(DynamicImage::ImageRgba8(frame.into_buffer()).into_rgb8());
            if frames.len() as u64 * size.area() > MOST_PIXELS {
                let problem = "is too long for an animation: convert it to MP4";
                return Err(Error::content(path, problem));
            }
        }
        let fps = frames.len() as f64 / seconds;
        Ok(Self::new(path, Frames::Decoded(frames), size, Some(fps)))
    }

    /// Width and height of its frames; a folder's pictures may differ, and this is the first one's.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        match &self.frames {
            Frames::Video(reader) => reader.frames(),
            Frames::Pictures(files) => files.len(),
            Frames::Decoded(frames) => frames.len(),
        }
    }

    /// Whether it has no frames at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Frames a second, where the footage tells.
    pub fn fps(&self) -> Option<f64> {
        self.fps
    }

    /// Frame number `index`. The one after the last that was asked for is the fastest.
    ///
    /// # Errors
    /// There is no such frame, or the footage is damaged.
    pub fn frame(&mut self, index: usize) -> Result<RgbImage> {
        let count = self.len();
        let found = match &mut self.frames {
            Frames::Video(reader) => {
                let Size { width, height } = self.size;
                RgbImage::from_raw(width, height, reader.frame(index)?)
            }
            Frames::Pictures(files) => {
                files.get(index).map(|file| photo::open(file)).transpose()?
            }
            Frames::Decoded(frames) => frames.get(index).cloned(),
        };
        found.ok_or_else(|| {
            let problem = format!("has {count} frames: there is no frame {}", index + 1);
            Error::content(&self.path, problem)
        })
    }
}
