//! Pictures and previews, made fit to be looked at. It takes a while, so it is done off the thread that draws.

use std::path::Path;

use egui::ColorImage;
use image::imageops::{self, FilterType};

use crate::error::Result;
use crate::job::{Clip, Size};
use crate::media::photo;
use crate::view::theme;

/// The longer side of pictures that are only looked at.
const GLANCE: Size = Size::new(720, 720);

/// Previews are enlarged to about this many pixels.
const WIDE: u32 = 384;

/// A picture, small enough to be looked at, and the size that it has.
///
/// # Errors
/// It cannot be read.
pub fn picture(path: &Path) -> Result<(ColorImage, Size)> {
    let picture = photo::open(path)?;
    let size = Size::new(picture.width(), picture.height());
    let fits = size.width <= GLANCE.width && size.height <= GLANCE.height;
    let small = if fits {
        picture
    } else {
        let size = size.within(GLANCE, 1);
        imageops::thumbnail(&picture, size.width, size.height)
    };
    let (width, height) = (small.width() as usize, small.height() as usize);
    Ok((theme::picture([width, height], small.as_raw()), size))
}

/// A preview of few pixels, larger and without their edges.
pub fn preview(clip: &Clip) -> Clip {
    let Size { width, height } = clip.size();
    let times = (WIDE / width.max(height).max(1)).clamp(1, 16);
    let size = Size::new(width * times, height * times);
    let larger = clip.frames().flat_map(|frame| {
        let frame = image::RgbImage::from_raw(width, height, frame.to_vec()).unwrap_or_default();
        imageops::resize(&frame, size.width, size.height, FilterType::CatmullRom).into_raw()
    });
    Clip::new(size, clip.fps(), larger.collect())
}
