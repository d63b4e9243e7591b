//! A *photo* is a picture file that somebody brings along as the first frame of a video.

mod canvas;
mod cover;
mod lanczos;
mod save;
mod stretch;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, RgbImage};

pub use canvas::on_canvas;
pub use cover::{cover, cover_smoothly, pull};
pub use save::save;
pub use stretch::stretch;

use crate::job::Size;
use crate::{Error, Result};

/// Pictures with more pixels are refused before anything is decoded. Pillow draws the line here too.
const MAX_PIXELS: u64 = 178_956_970;

/// What a decoder may allocate: the largest picture at 16 bits a channel with alpha.
const MAX_BYTES: u64 = MAX_PIXELS * 8;

/// The size of a picture as it is seen, upright; only its header is read.
pub fn size(path: &Path) -> Result<Size> {
    let mut decoder = decoder(path)?;
    let size = dimensions(path, &decoder)?;
    Ok(if lies_on_its_side(orientation(path, &mut decoder)?) {
        Size::new(size.height, size.width)
    } else {
        size
    })
}

/// A picture as it is seen, upright, with 8 bits a channel. Transparency is dropped, not blended,
/// as by the `convert("RGB")` of the official code.
pub fn open(path: &Path) -> Result<RgbImage> {
    let mut decoder = decoder(path)?;
    dimensions(path, &decoder)?;
    let orientation = orientation(path, &mut decoder)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable(path))?;
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
        .map(|&byte| (f32::from(byte) / 255.0 - 0.5) / 0.5)
        .collect()
}

/// Recognises the format by the file's first bytes, whatever its name says, and reads the header.
fn decoder(path: &Path) -> Result<impl ImageDecoder + use<>> {
    let read = Error::file("read", path);
    let file = match File::open(path).and_then(|file| Ok((file.metadata()?.is_dir(), file))) {
        Ok((false, file)) => file,
        Ok((true, _)) => return Err(read(io::ErrorKind::IsADirectory.into())),
        Err(error) => return Err(read(error)),
    };
    let mut reader = ImageReader::new(BufReader::new(file))
        .with_guessed_format()
        .map_err(Error::file("read", path))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    reader.into_decoder().map_err(unreadable(path))
}

fn dimensions(path: &Path, decoder: &impl ImageDecoder) -> Result<Size> {
    let (width, height) = decoder.dimensions();
    let size = Size::new(width, height);
    if size.area() == 0 {
        return Err(Error::content(path, "is a picture without any pixels"));
    }
    if size.area() > MAX_PIXELS {
        return Err(Error::content(
            path,
            format!(
                "claims to be {size} pixels large, more than this program opens; make it smaller"
            ),
        ));
    }
    Ok(size)
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
            Error::File {
                verb: "read",
                path: path.to_owned(),
                source,
            }
        }
        ImageError::Unsupported(_) => Error::content(
            path,
            "is not a picture that can be read; use PNG, JPEG, WebP, GIF, BMP or TIFF",
        ),
        ImageError::Limits(_) => Error::content(
            path,
            "needs more memory than a picture should; make it smaller",
        ),
        error => Error::content(path, format!("is damaged or cut short: {error}")),
    }
}
