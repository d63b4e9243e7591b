//! PyTorch's bicubic interpolation: the rule of the image-to-video model for its first frame.

use image::RgbImage;

use super::float;
use crate::job::Size;

/// `picture` pulled to `size` whatever its aspect, with PyTorch's bicubic interpolation without
/// antialiasing: (3, height, width), values around -1..1 that the filter may overshoot.
///
/// Wan2.2 `wan/image2video.py`, `WanI2V.generate`.
pub fn stretch(picture: &RgbImage, size: Size) -> Vec<f32> {
    pulled(picture, size, cubic_tap)
}

/// The same with PyTorch's bilinear interpolation without antialiasing, which never overshoots.
pub(super) fn linear(picture: &RgbImage, size: Size) -> Vec<f32> {
    pulled(picture, size, linear_tap)
}

fn pulled(picture: &RgbImage, size: Size, tap: fn(f32, f32) -> Tap) -> Vec<f32> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let columns = taps(width, size.width, tap);
    let rows = taps(height, size.height, tap);
    // A large photo as floats would be four times as large, so its bytes become floats where they are looked at.
    let values: Vec<f32> = (0..=u8::MAX).map(float).collect();
    let bytes = picture.as_raw();

    let mut stretched = Vec::with_capacity(3 * size.area() as usize);
    for channel in 0..3 {
        let value = |y, x| values[usize::from(bytes[3 * (y * width + x) + channel])];
        for row in &rows {
            for column in &columns {
                stretched.push(row.blend(|y| column.blend(|x| value(y, x))));
            }
        }
    }
    stretched
}

/// Four neighbouring positions in the source and their weights, for one position in the target.
struct Tap {
    at: [usize; 4],
    weight: [f32; 4],
}

impl Tap {
    fn blend(&self, value: impl Fn(usize) -> f32) -> f32 {
        let [a, b, c, d] = self.at;
        let [wa, wb, wc, wd] = self.weight;
        value(a) * wa + value(b) * wb + value(c) * wc + value(d) * wd
    }
}

/// PyTorch `aten/src/ATen/native/UpSample.h`, `area_pixel_compute_source_index` with
/// `align_corners=False`, in float32 as there.
fn taps(from: usize, to: u32, tap: fn(f32, f32) -> Tap) -> Vec<Tap> {
    let scale = from as f32 / to as f32;
    let last = from.saturating_sub(1) as f32;
    (0..to)
        .map(|target| tap(scale * (target as f32 + 0.5) - 0.5, last))
        .collect()
}

/// PyTorch `aten/src/ATen/native/UpSample.h`, `get_cubic_upsample_coefficients`.
fn cubic_tap(position: f32, last: f32) -> Tap {
    let below = position.floor();
    Tap {
        at: around(below, last),
        weight: cubic(position - below),
    }
}

/// The same file's `compute_source_index_and_lambda`: a position before the first pixel is at the first.
fn linear_tap(position: f32, last: f32) -> Tap {
    let position = position.max(0.0);
    let below = position.floor();
    let t = position - below;
    Tap {
        at: around(below, last),
        weight: [0.0, 1.0 - t, t, 0.0],
    }
}

/// The four neighbours of a position, of which none lies outside.
fn around(below: f32, last: f32) -> [usize; 4] {
    [-1.0, 0.0, 1.0, 2.0].map(|step| (below + step).clamp(0.0, last) as usize)
}

/// The weights of Keys' cubic convolution with a = -0.75 at `t` of the way between the middle two.
fn cubic(t: f32) -> [f32; 4] {
    const A: f32 = -0.75;
    let near = |x: f32| ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let far = |x: f32| ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
    [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)]
}
