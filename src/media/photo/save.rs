//! A picture as a file.

use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::disk::PartialFile;
use crate::job::Size;
use crate::{Error, Result};

/// Of 100: no difference to be seen.
const JPEG_QUALITY: u8 = 92;

/// Writes (height, width, 3) bytes as JPEG, if that is what the name says, or as PNG. The file gets
/// its name once it is whole.
pub fn save(path: &Path, size: Size, pixels: &[u8]) -> Result<()> {
    let Size { width, height } = size;
    let mut bytes = Vec::new();
    let is_jpeg = path.extension().is_some_and(|ending| {
        ["jpg", "jpeg"]
            .iter()
            .any(|jpeg| ending.eq_ignore_ascii_case(jpeg))
    });
    let encoded = if is_jpeg {
        JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY).write_image(
            pixels,
            width,
            height,
            ExtendedColorType::Rgb8,
        )
    } else {
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
            .write_image(pixels, width, height, ExtendedColorType::Rgb8)
    };
    encoded.map_err(|error| Error::content(path, format!("cannot be written: {error}")))?;
    PartialFile::write(path, &bytes)
}

/// Writes the content of a picture's file.
pub fn keep(path: &Path, bytes: &[u8]) -> Result<()> {
    PartialFile::write(path, bytes)
}

/// The ending that a file with this content has.
pub fn ending(bytes: &[u8]) -> &'static str {
    let format = image::guess_format(bytes).ok();
    let ending = format.and_then(|format| format.extensions_str().first());
    ending.unwrap_or(&"png")
}
