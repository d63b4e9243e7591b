//! Pictures and previews, made fit to be looked at. It takes a while, so it is done off the thread that draws.

use std::path::Path;

use egui::ColorImage;
use image::RgbImage;
use image::imageops::{self, FilterType};

use crate::error::Result;
use crate::job::{Clip, Size, Span};
use crate::media::{self, Footage, photo};
use crate::view::action::Guide;
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
    let (small, size) = small(photo::open(path)?);
    Ok((colors(&small), size))
}

/// What is seen of a guide: the first frame of a video or a mask, the latter in colour where it is white. Of the former also
/// how long it is.
///
/// # Errors
/// It cannot be read.
pub fn guide(guide: Guide, path: &Path) -> Result<(ColorImage, Size, Option<Span>)> {
    if guide == Guide::Reference {
        let (pixels, size) = picture(path)?;
        return Ok((pixels, size, None));
    }
    let (first, size) = small(Footage::open(path)?.frame(0)?);
    if guide == Guide::Video {
        return Ok((colors(&first), size, Some(media::span(path)?)));
    }
    let share = first.pixels().map(|pixel| pixel.0[0]);
    Ok((paint(first.width(), first.height(), share), size, None))
}

/// Paint over a picture of this size: how much of it for each pixel, of 255.
pub fn paint(width: u32, height: u32, share: impl Iterator<Item = u8>) -> ColorImage {
    /// It lets what is below show through.
    const STRENGTH: f32 = 0.6;
    let accent = theme::DARK.accent;
    let pixels = share.map(|share| theme::fade(accent, f32::from(share) / 255.0 * STRENGTH));
    ColorImage::new([width as usize, height as usize], pixels.collect())
}

fn colors(picture: &RgbImage) -> ColorImage {
    let size = [picture.width() as usize, picture.height() as usize];
    theme::picture(size, picture.as_raw())
}

/// A picture small enough to be looked at, and the size that it had.
fn small(picture: RgbImage) -> (RgbImage, Size) {
    let size = Size::new(picture.width(), picture.height());
    let fits = size.width <= GLANCE.width && size.height <= GLANCE.height;
    if fits {
        return (picture, size);
    }
    let within = size.within(GLANCE, 1);
    let small = imageops::thumbnail(&picture, within.width, within.height);
    (small, size)
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
