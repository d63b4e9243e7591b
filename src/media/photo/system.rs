//! Pictures that the system reads and our decoders do not, such as what phones and cameras make. What ours read stays
//! theirs: a picture gives the same pixels everywhere.

use std::path::Path;

use image::RgbImage;

use super::format::Kind;
use super::{MAX_PIXELS, too_large};
use crate::job::Size;
use crate::platform::pictures;
use crate::{Error, Result, disk};

/// What reads a picture in our place.
pub trait Decoder {
    /// Width and height as it is seen, by its header; none if it is not read.
    fn size(&self, path: &Path) -> Option<(u32, u32)>;
    /// Width, height and three bytes for each pixel, upright, in sRGB on white; none if it is not read.
    fn read(&self, path: &Path) -> Option<(u32, u32, Vec<u8>)>;
}

/// The system's.
pub struct System;

impl Decoder for System {
    fn size(&self, path: &Path) -> Option<(u32, u32)> {
        pictures::size(path)
    }

    fn read(&self, path: &Path) -> Option<(u32, u32, Vec<u8>)> {
        pictures::read(path)
    }
}

/// The size of a picture that is not for our decoders; none if it is for them, or for nobody.
pub(super) fn size(path: &Path, system: &dyn Decoder) -> Result<Option<Size>> {
    let file = disk::open(path)?;
    let kind = Kind::of(&file).map_err(Error::file("read", path))?;
    let Kind::Foreign(_) = kind else {
        return Ok(None);
    };
    let Some((width, height)) = system.size(path) else {
        return Ok(None);
    };
    let size = Size::new(width, height);
    if size.area() == 0 {
        return Err(Error::content(path, "is a picture without any pixels"));
    }
    if size.area() > MAX_PIXELS {
        return Err(too_large(path, size));
    }
    Ok(Some(size))
}

/// Such a picture, with three bytes for each pixel.
pub(super) fn read(path: &Path, system: &dyn Decoder) -> Result<Option<RgbImage>> {
    if size(path, system)?.is_none() {
        return Ok(None);
    }
    let read = system.read(path);
    let picture = read.and_then(|(width, height, rgb)| RgbImage::from_raw(width, height, rgb));
    let damaged = || Error::content(path, "is damaged or cut short");
    picture.map(Some).ok_or_else(damaged)
}
