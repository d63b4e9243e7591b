//! A reference picture on a white canvas: the rules of VACE for the pictures that it is shown.

use image::imageops::replace;
use image::{Rgb, RgbImage};

use super::{cover, floats, stretch};
use crate::job::Size;

/// `picture` as large as it can be within `size`, in the middle of white: (3, height, width), each value in -1..1. One of
/// the right size already is not touched.
///
/// [`prepare_source`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/vace.py).
pub fn on_canvas(picture: &RgbImage, size: Size) -> Vec<f32> {
    let own = Size::new(picture.width(), picture.height());
    if own == size {
        return floats(picture);
    }
    let (height, width) = (f64::from(size.height), f64::from(size.width));
    let scale = (height / f64::from(own.height)).min(width / f64::from(own.width));
    let side = |length: u32, most: u32| ((f64::from(length) * scale) as u32).clamp(1, most);
    let inner = Size::new(side(own.width, size.width), side(own.height, size.height));
    let (left, top) = (
        (size.width - inner.width) as usize / 2,
        (size.height - inner.height) as usize / 2,
    );
    let pulled = stretch::linear(picture, inner);
    let mut canvas = vec![1.0; 3 * size.area() as usize];
    let planes = canvas.chunks_exact_mut(size.area() as usize);
    for (plane, pulled) in planes.zip(pulled.chunks_exact(inner.area() as usize)) {
        let rows = plane.chunks_exact_mut(size.width as usize).skip(top);
        for (row, pulled) in rows.zip(pulled.chunks_exact(inner.width as usize)) {
            row[left..left + pulled.len()].copy_from_slice(pulled);
        }
    }
    canvas
}

/// The same with Pillow's bicubic filter, in bytes.
///
/// [`padding_image`](https://github.com/aigc-apps/VideoX-Fun/blob/804a425/videox_fun/utils/utils.py).
pub fn padded(picture: &RgbImage, size: Size) -> RgbImage {
    let aspect = Size::new(picture.width(), picture.height()).aspect();
    let side = |length: f64, most: u32| (length as u32).clamp(1, most);
    let inner = if aspect > size.aspect() {
        Size::new(
            size.width,
            side(f64::from(size.width) / aspect, size.height),
        )
    } else {
        Size::new(
            side(f64::from(size.height) * aspect, size.width),
            size.height,
        )
    };
    let mut canvas = RgbImage::from_pixel(size.width, size.height, Rgb([u8::MAX; 3]));
    let (left, top) = (
        (size.width - inner.width) / 2,
        (size.height - inner.height) / 2,
    );
    let pulled = cover::pull(picture, inner);
    replace(&mut canvas, &pulled, left.into(), top.into());
    canvas
}
