//! *Footage* is a video that somebody brings along to be followed or changed: an MP4 or MOV, an animated GIF, or a folder of
//! pictures in the order of their names. On a Mac it is whatever `QuickTime` plays.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, DynamicImage, ImageError, RgbImage};

use super::mp4::Mp4Reader;
use super::photo;
#[cfg(target_os = "macos")]
use super::quicktime::QuickTime;
use crate::job::{Flaw, Size, Span};
use crate::{Error, Result, disk};

/// The endings of pictures in a folder; whatever else lies there is passed over.
const PICTURES: [&str; 8] = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"];
/// The endings of videos in other containers.
#[cfg(not(target_os = "macos"))]
const OTHERS: [&str; 10] = [
    "mkv", "webm", "avi", "wmv", "flv", "mpg", "mpeg", "ts", "mts", "ogv",
];
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
    #[cfg(target_os = "macos")]
    Played(QuickTime),
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

/// The most bytes that are there at once while its frames are read, one after the other.
///
/// # Errors
/// As [`Footage::open`].
pub fn memory(path: &Path) -> Result<u64> {
    /// Bytes of a pixel in colours, and as video keeps it.
    const RGB: u64 = 3;
    const VIDEO: u64 = 2;
    /// Decoders keep so many frames at most.
    const REMEMBERED: u64 = 17;
    let footage = Footage::open(path)?;
    let pixels = footage.size.area();
    Ok(match &footage.frames {
        Frames::Video(_) => pixels * (2 * RGB + REMEMBERED * VIDEO),
        #[cfg(target_os = "macos")]
        Frames::Played(_) => pixels * (2 * RGB + REMEMBERED * VIDEO),
        Frames::Pictures(files) => files.first().map_or(Ok(0), |file| photo::memory(file))?,
        Frames::Decoded(frames) => pixels * RGB * (frames.len() as u64 + 1),
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
        Self::of_video(path)
    }

    fn of_video(path: &Path) -> Result<Self> {
        let reader = match Mp4Reader::open(path) {
            Ok(reader) => reader,
            Err(why) => return Self::of_another(path, why),
        };
        let (size, fps) = (reader.size(), reader.fps());
        Ok(Self::new(
            path,
            Frames::Video(Box::new(reader)),
            size,
            Some(fps),
        ))
    }

    /// One that cannot be read here: by `QuickTime`, if that plays it.
    #[cfg(target_os = "macos")]
    fn of_another(path: &Path, why: Error) -> Result<Self> {
        if !path.is_file() {
            return Err(why);
        }
        let video = QuickTime::open(path)?;
        let (size, fps) = (video.size(), video.fps());
        Ok(Self::new(path, Frames::Played(video), size, Some(fps)))
    }

    /// One that cannot be read here.
    #[cfg(not(target_os = "macos"))]
    fn of_another(path: &Path, why: Error) -> Result<Self> {
        let ending = path.extension().unwrap_or_default();
        let is_known = OTHERS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known));
        if is_known && path.is_file() {
            let problem =
                "is a video of a kind that cannot be read here: convert it to MP4 with H.264 first";
            return Err(Error::content(path, problem));
        }
        Err(why)
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
        let file = disk::open(path)?;
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
            #[cfg(target_os = "macos")]
            Frames::Played(video) => video.frames(),
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
        let Size { width, height } = self.size;
        let found = match &mut self.frames {
            Frames::Video(reader) => RgbImage::from_raw(width, height, reader.frame(index)?),
            #[cfg(target_os = "macos")]
            Frames::Played(video) if index < count => Some(video.frame(index)?),
            #[cfg(target_os = "macos")]
            Frames::Played(_) => None,
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
