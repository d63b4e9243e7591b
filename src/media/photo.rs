//! A *photo* is a picture file that somebody brings along as the first frame of a video.

mod canvas;
mod colour;
mod cover;
mod format;
mod jpeg;
mod lanczos;
mod save;
mod stretch;
pub mod system;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Seek};
use std::path::Path;

use image::codecs::tiff::TiffDecoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits, RgbImage,
};

pub use canvas::{on_canvas, padded};
pub use colour::on_white;
pub use cover::{cover, cover_smoothly, pull};
pub use save::{ending, keep, save};
pub use stretch::stretch;

use self::colour::Conversion;
use self::format::Kind;
use self::jpeg::Jpeg;
use crate::job::{Flaw, Size};
use crate::{Error, Result, disk};

/// Pictures with more pixels are refused before anything is decoded. Pillow draws the line here too.
const MAX_PIXELS: u64 = 178_956_970;

/// What a decoder may allocate: the largest picture at 16 bits a channel with alpha.
const MAX_BYTES: u64 = MAX_PIXELS * 8;

/// Pictures with more pixels than this must have a byte for each so many of them: the tightest that a PNG of one colour
/// comes to is a byte for about 8000, and a few bytes that claim more only mean to take memory.
const FREE_PIXELS: u64 = 4096 * 4096;
const MAX_PIXELS_A_BYTE: u64 = 10_000;

/// The size of a picture as it is seen, upright; only its header is read.
pub fn size(path: &Path) -> Result<Size> {
    if let Some(size) = system::size(path, &system::System)? {
        return Ok(size);
    }
    let Opened { mut decoder, .. } = Opened::at(path)?;
    let size = dimensions(&decoder);
    Ok(if lies_on_its_side(orientation(path, &mut decoder)?) {
        Size::new(size.height, size.width)
    } else {
        size
    })
}

/// The most bytes that are there at once while a picture is [opened](open); only its header is read.
pub fn memory(path: &Path) -> Result<u64> {
    const OPAQUE: u64 = 3;
    /// The system's own picture, the four bytes that it is drawn into, and ours.
    const SYSTEMS: u64 = 8 + 4 + OPAQUE;
    if let Some(size) = system::size(path, &system::System)? {
        return Ok(size.area() * SYSTEMS);
    }
    let Opened {
        decoder,
        format,
        bytes,
        in_scans,
        ..
    } = Opened::at(path)?;
    let pixel = u64::from(decoder.color_type().bytes_per_pixel());
    // What the decoders hold besides what they decode to: coefficients of all scans, the canvas of animations, a copy.
    let (working, kept) = match format {
        ImageFormat::Jpeg if in_scans => (8, 2 * bytes),
        ImageFormat::Jpeg => (1, 2 * bytes),
        ImageFormat::Gif => (4, 0),
        ImageFormat::WebP => (8, bytes),
        ImageFormat::Tiff => (pixel + 2, 0),
        _ => (0, 0),
    };
    // Then it becomes three bytes a pixel, and a copy of these is turned upright.
    let pixels = dimensions(&decoder).area();
    Ok(pixels * (pixel + OPAQUE.max(working)).max(2 * OPAQUE) + kept)
}

/// A picture as it is seen, upright, in sRGB with 8 bits a channel: converted by its ICC profile, if it has one that can
/// be read, and [on white](on_white) where it is transparent.
pub fn open(path: &Path) -> Result<RgbImage> {
    open_with(path, &system::System)
}

/// [`open`] with another `system` for what our decoders do not read.
pub fn open_with(path: &Path, system: &dyn system::Decoder) -> Result<RgbImage> {
    if let Some(picture) = system::read(path, system)? {
        return Ok(picture);
    }
    let Opened {
        mut decoder,
        profile,
        ..
    } = Opened::at(path)?;
    let orientation = orientation(path, &mut decoder)?;
    let has_colour = decoder.color_type().has_color();
    let conversion = profile.and_then(|profile| Conversion::of(&profile, has_colour));
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable(path))?;
    let picture = colour::opaque(picture, conversion.as_ref());
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(orientation);
    Ok(picture.into_rgb8())
}

/// `picture` pulled to `size`, no side of which is 0, with Pillow's Lanczos filter.
pub fn resize(picture: &RgbImage, size: Size) -> RgbImage {
    lanczos::resize(picture, size, lanczos::LANCZOS)
}

/// `picture` as the networks see it: (3, height, width), each value in -1..1.
pub fn floats(picture: &RgbImage) -> Vec<f32> {
    let pixels = picture.as_raw();
    (0..3)
        .flat_map(|channel| pixels.iter().skip(channel).step_by(3))
        .map(|&byte| float(byte))
        .collect()
}

/// A value of a pixel as the networks see it.
fn float(byte: u8) -> f32 {
    (f32::from(byte) / 255.0 - 0.5) / 0.5
}

/// What a decoder reads from.
trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

/// A picture of which the header was read and believed.
struct Opened {
    decoder: Box<dyn ImageDecoder>,
    format: ImageFormat,
    /// Its ICC profile, if it has one.
    profile: Option<Vec<u8>>,
    /// The bytes of the file that are the picture.
    bytes: u64,
    /// Whether it is a JPEG in several scans.
    in_scans: bool,
}

impl Opened {
    /// Recognises the format by the file's content, whatever its name says, and reads the header.
    fn at(path: &Path) -> Result<Self> {
        let file = disk::open(path)?;
        let format = match Kind::of(&file).map_err(Error::file("read", path))? {
            Kind::Picture(format) => format,
            Kind::Foreign(problem) | Kind::Other(problem) => {
                return Err(Error::content(path, problem));
            }
            Kind::Unknown => return Err(unknown(path)),
        };
        let (source, bytes, in_scans) = source(path, file, format)?;
        let (decoder, profile) = decoder(source, format).map_err(unreadable(path))?;
        believe(path, &decoder, bytes)?;
        Ok(Self {
            decoder,
            format,
            profile,
            bytes,
            in_scans,
        })
    }
}

/// What is decoded, its length, and whether it is a JPEG in several scans.
fn source(path: &Path, file: File, format: ImageFormat) -> Result<(Box<dyn Source>, u64, bool)> {
    if format == ImageFormat::Jpeg {
        let Jpeg { bytes, in_scans } = jpeg::whole(path, &file)?;
        let length = bytes.len() as u64;
        return Ok((Box::new(Cursor::new(bytes)), length, in_scans));
    }
    let length = file.metadata().map_err(Error::file("read", path))?.len();
    Ok((Box::new(BufReader::new(file)), length, false))
}

/// A decoder, and the ICC profile of its picture.
type Decoder = (Box<dyn ImageDecoder>, Option<Vec<u8>>);

/// A decoder that keeps to the limits.
fn decoder(source: Box<dyn Source>, format: ImageFormat) -> ImageResult<Decoder> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    if format == ImageFormat::Tiff {
        // Its limits count a profile as part of the pixels: a small picture's would be too long.
        let mut decoder = TiffDecoder::new(source)?;
        let profile = decoder.icc_profile().ok().flatten();
        decoder.set_limits(limits)?;
        return Ok((Box::new(decoder), profile));
    }
    let mut reader = ImageReader::with_format(source, format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let profile = decoder.icc_profile().ok().flatten();
    Ok((Box::new(decoder), profile))
}

fn dimensions(decoder: &impl ImageDecoder) -> Size {
    let (width, height) = decoder.dimensions();
    Size::new(width, height)
}

/// Refuses a picture that claims too much, before anything is allocated for it.
fn believe(path: &Path, decoder: &impl ImageDecoder, bytes: u64) -> Result<()> {
    let size = dimensions(decoder);
    if size.area() == 0 {
        return Err(Error::content(path, "is a picture without any pixels"));
    }
    if size.area() > MAX_PIXELS || decoder.total_bytes() > MAX_BYTES {
        return Err(too_large(path, size));
    }
    if size.area() > FREE_PIXELS.max(MAX_PIXELS_A_BYTE.saturating_mul(bytes)) {
        let problem =
            format!("is damaged: {bytes} bytes cannot be a picture of {size} pixels; take another");
        return Err(Error::content(path, problem));
    }
    Ok(())
}

fn too_large(path: &Path, size: Size) -> Error {
    let problem =
        format!("claims to be {size} pixels large, more than this program opens; make it smaller");
    Error::content(path, problem)
}

fn orientation(path: &Path, decoder: &mut impl ImageDecoder) -> Result<Orientation> {
    decoder.orientation().map_err(unreadable(path))
}

/// Whether standing it upright swaps width and height.
fn lies_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(
        orientation,
        Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH
    )
}

/// The decoders' errors as sentences.
fn unreadable(path: &Path) -> impl FnOnce(ImageError) -> Error {
    move |error| match error {
        ImageError::IoError(source) if source.kind() != io::ErrorKind::UnexpectedEof => {
            Error::file("read", path)(source)
        }
        ImageError::Unsupported(_) => unknown(path),
        ImageError::Limits(_) => Error::content(path, Flaw::PictureTooLarge),
        error => Error::content(path, Flaw::CutShort(error.to_string())),
    }
}

/// What is said of a file that is no picture, or one of a kind that nobody knows.
fn unknown(path: &Path) -> Error {
    Error::content(path, Flaw::NotAPicture)
}
