//! Filling a video with a picture of another aspect: the rule of the TI2V model for its first frame.

use image::RgbImage;

use super::lanczos;
use crate::job::{CropAnchor, Size};
use crate::{Error, Result};

/// A picture that has to grow beyond this to cover the video is a mere line.
const MAX_COVER_PIXELS: f64 = 200e6;

/// The part of `picture` that fills `size`: resized with Pillow's Lanczos filter in 8 bits until it
/// just covers it, then cropped so that the part at `anchor` stays: the official code has the centre.
///
/// Wan2.2 `wan/textimage2video.py`, `WanTI2V.i2v`.
pub fn cover(picture: &RgbImage, size: Size, anchor: CropAnchor) -> Result<RgbImage> {
    covering(picture, size, anchor, lanczos::LANCZOS)
}

/// The same with PyTorch's bicubic filter, which smooths what becomes smaller: the rule of VACE for videos and masks.
///
/// [`VaceVideoProcessor`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/utils/vace_processor.py), `_resize_crop`.
pub fn cover_smoothly(picture: &RgbImage, size: Size) -> Result<RgbImage> {
    covering(picture, size, CropAnchor::CENTRE, lanczos::PYTORCH_BICUBIC)
}

/// `picture` pulled to `size` whatever its aspect, with Pillow's bicubic filter: the rule of the Fun models.
///
/// [`get_image_latent`](https://github.com/aigc-apps/VideoX-Fun/blob/804a425/videox_fun/utils/utils.py).
pub fn pull(picture: &RgbImage, size: Size) -> RgbImage {
    lanczos::resize(picture, size, lanczos::BICUBIC)
}

fn covering(
    picture: &RgbImage,
    size: Size,
    anchor: CropAnchor,
    filter: lanczos::Filter,
) -> Result<RgbImage> {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (f64::from(size.width) / width).max(f64::from(size.height) / height);
    let (width, height) = (
        (width * scale).round_ties_even(),
        (height * scale).round_ties_even(),
    );
    let exists = picture.width() > 0 && picture.height() > 0 && size.area() > 0;
    if !exists || width * height > MAX_COVER_PIXELS {
        return Err(Error::Other(format!(
            "A picture of {}x{} pixels is too narrow to fill {size}: crop it first",
            picture.width(),
            picture.height()
        )));
    }
    let whole = Size::new(width as u32, height as u32);
    let start = |long: u32, short: u32, at: f32| ((long - short) as f32 * at).floor() as u32;
    let left = start(whole.width, size.width, anchor.x.clamp(0.0, 1.0));
    let top = start(whole.height, size.height, anchor.y.clamp(0.0, 1.0));
    Ok(lanczos::part(picture, whole, (left, top), size, filter))
}
