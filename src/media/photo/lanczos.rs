//! Pillow's Lanczos filter, grey level for grey level.
//!
//! The crates that resize pictures differ from it here and there by one, which after the VAE and fifty
//! steps is another video. So this is Pillow's arithmetic: rows first, then columns, weights as
//! integers, and 8 bits in between.
//!
//! Pillow `src/libImaging/Resample.c`.

use std::f64::consts::PI;

use image::RgbImage;

/// The bits of a weight behind the point.
const BITS: u32 = 22;

/// How far the filter reaches, in pixels of the smaller picture.
const REACH: f64 = 3.0;

/// `picture` at another size, no side of which is 0.
pub(super) fn resize(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    columns(&rows(picture, width), height)
}

/// The first pass: every row becomes `width` pixels long.
fn rows(picture: &RgbImage, width: u32) -> RgbImage {
    if picture.width() == width {
        return picture.clone();
    }
    let windows = windows(picture.width(), width);
    let mut resized = RgbImage::new(width, picture.height());
    for (source, target) in picture.rows().zip(resized.rows_mut()) {
        let source: Vec<_> = source.map(|pixel| pixel.0).collect();
        for (window, pixel) in windows.iter().zip(target) {
            pixel.0 = window.blend(source[window.start..].iter().copied());
        }
    }
    resized
}

/// The second pass: every column becomes `height` pixels long.
fn columns(picture: &RgbImage, height: u32) -> RgbImage {
    if picture.height() == height {
        return picture.clone();
    }
    let windows = windows(picture.height(), height);
    let source: Vec<_> = picture.pixels().map(|pixel| pixel.0).collect();
    let width = picture.width() as usize;
    let mut resized = RgbImage::new(picture.width(), height);
    for (window, target) in windows.iter().zip(resized.rows_mut()) {
        for (x, pixel) in target.enumerate() {
            let column = source[window.start * width + x..].iter().step_by(width);
            pixel.0 = window.blend(column.copied());
        }
    }
    resized
}

/// The pixels that one new pixel is made of, and how much of each.
struct Window {
    start: usize,
    weights: Vec<i32>,
}

impl Window {
    fn blend(&self, pixels: impl Iterator<Item = [u8; 3]>) -> [u8; 3] {
        let mut sum = [1 << (BITS - 1); 3];
        for (weight, pixel) in self.weights.iter().zip(pixels) {
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += weight * i32::from(value);
            }
        }
        sum.map(|sum| (sum >> BITS).clamp(0, 255) as u8)
    }
}

fn windows(from: u32, to: u32) -> Vec<Window> {
    let scale = f64::from(from) / f64::from(to);
    let widening = scale.max(1.0);
    let reach = REACH * widening;
    (0..to)
        .map(|target| {
            let centre = (f64::from(target) + 0.5) * scale;
            let start = (centre - reach + 0.5).max(0.0) as u32;
            let end = ((centre + reach + 0.5) as u32).min(from);
            let weights: Vec<f64> = (start..end)
                .map(|source| lanczos((f64::from(source) - centre + 0.5) / widening))
                .collect();
            let total: f64 = weights.iter().sum();
            Window {
                start: start as usize,
                weights: weights.iter().map(|weight| fixed(weight / total)).collect(),
            }
        })
        .collect()
}

fn lanczos(x: f64) -> f64 {
    if (-REACH..REACH).contains(&x) {
        sinc(x) * sinc(x / REACH)
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// The nearest number in fixed point; halves go away from zero.
fn fixed(weight: f64) -> i32 {
    (weight * f64::from(1 << BITS)).round() as i32
}
