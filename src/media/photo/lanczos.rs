//! Pillow's filters, grey level for grey level, and PyTorch's of 8 bits, which differ in how weights are rounded.
//!
//! The crates that resize pictures differ from it here and there by one, which after the VAE and fifty
//! steps is another video. So this is Pillow's arithmetic: one pass for the widths and one for the
//! heights, weights as integers, and 8 bits in between. Since it rounds in between, the order of the
//! passes shows; Pillow 13 chooses it by the sizes.
//!
//! Pillow 13.0.0 [`src/libImaging/Resample.c`](https://github.com/python-pillow/Pillow/blob/13.0.0/src/libImaging/Resample.c),
//! `ImagingResampleInner`, `precompute_coeffs` and `normalize_coeffs_8bpc`; PyTorch
//! `aten/src/ATen/native/cpu/UpSampleKernelAVXAntialias.h`, `upsample_avx_bilinear_bicubic_uint8`.

use std::f64::consts::PI;
use std::ops::Range;

use image::RgbImage;

use crate::job::Size;

/// A filter, and whose arithmetic.
#[derive(Clone, Copy)]
pub(super) struct Filter {
    /// The weight of a pixel at a distance, in pixels of the smaller picture.
    weight: fn(f64) -> f64,
    /// How far it reaches, in the same pixels.
    reach: f64,
    whose: Whose,
}

/// Who rounds weights, and when.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Pillow,
    PyTorch,
}

/// Pillow's `LANCZOS`.
pub(super) const LANCZOS: Filter = Filter {
    weight: lanczos,
    reach: LANCZOS_REACH,
    whose: Whose::Pillow,
};
/// Pillow's `BICUBIC`.
pub(super) const BICUBIC: Filter = Filter {
    weight: bicubic,
    reach: 2.0,
    whose: Whose::Pillow,
};
/// PyTorch's `bicubic` with `antialias`, on bytes.
pub(super) const PYTORCH_BICUBIC: Filter = Filter {
    whose: Whose::PyTorch,
    ..BICUBIC
};

const LANCZOS_REACH: f64 = 3.0;

/// The bits of a weight behind the point, as Pillow has them and as PyTorch has at most.
const BITS: u32 = 22;

/// `picture` at another size, no side of which is 0.
pub(super) fn resize(picture: &RgbImage, size: Size, filter: Filter) -> RgbImage {
    part(picture, size, (0, 0), size, filter)
}

/// The part that is `size` large and lies at `at`, (left, top), of `picture` resized to `whole`. What lies
/// around it is never there, so that a crop of an enormous enlargement takes no more memory than it has to.
pub(super) fn part(
    picture: &RgbImage,
    whole: Size,
    at: (u32, u32),
    size: Size,
    filter: Filter,
) -> RgbImage {
    let (left, top) = at;
    let columns = windows(
        picture.width(),
        whole.width,
        left..left + size.width,
        filter,
    );
    let rows = windows(
        picture.height(),
        whole.height,
        top..top + size.height,
        filter,
    );
    if filter.whose == Whose::Pillow && heights_come_first(picture, whole) {
        widths(&heights(picture, &rows, 0), &columns, 0..size.height)
    } else {
        let needed = span(&rows);
        let first = needed.start as usize;
        heights(&widths(picture, &columns, needed), &rows, first)
    }
}

/// Whether the heights are reduced before the widths, which is less work where a picture becomes lower by
/// more than twice of what it becomes narrower. One that becomes wider counts as less than not at all.
fn heights_come_first(picture: &RgbImage, whole: Size) -> bool {
    let less = |from: u32, to: u32| i64::from(from) - i64::from(to);
    let lower = less(picture.height(), whole.height);
    lower > 0 && lower > 2 * less(picture.width(), whole.width)
}

/// One pass: a pixel for each of `columns`, of these rows only.
fn widths(picture: &RgbImage, columns: &[Window], rows: Range<u32>) -> RgbImage {
    let mut resized = RgbImage::new(columns.len() as u32, rows.end - rows.start);
    let bytes = 3 * picture.width() as usize;
    let sources = picture.chunks_exact(bytes.max(1)).skip(rows.start as usize);
    for (source, target) in sources.zip(resized.rows_mut()) {
        let source = source.as_chunks::<3>().0;
        for (window, pixel) in columns.iter().zip(target) {
            pixel.0 = window.blend(&source[window.start..]);
        }
    }
    resized
}

/// The other pass: a row for each of `rows`, where the first row of `picture` is number `first`.
fn heights(picture: &RgbImage, rows: &[Window], first: usize) -> RgbImage {
    let bytes = 3 * picture.width() as usize;
    let mut resized = RgbImage::new(picture.width(), rows.len() as u32);
    let mut sums = vec![0; bytes];
    for (window, target) in rows.iter().zip(resized.chunks_exact_mut(bytes.max(1))) {
        sums.fill(half(window.bits));
        let sources = picture.chunks_exact(bytes.max(1));
        let sources = sources.skip(window.start.saturating_sub(first));
        for (weight, source) in window.weights.iter().zip(sources) {
            for (sum, &value) in sums.iter_mut().zip(source) {
                *sum += weight * i32::from(value);
            }
        }
        for (byte, &sum) in target.iter_mut().zip(&sums) {
            *byte = rounded(sum, window.bits);
        }
    }
    resized
}

/// The pixels that one new pixel is made of, and how much of each.
struct Window {
    start: usize,
    weights: Vec<i32>,
    /// The bits of these behind the point.
    bits: u32,
}

/// What makes the shift to whole numbers a rounding.
fn half(bits: u32) -> i32 {
    1 << bits >> 1
}

/// A sum of weighted bytes as a byte.
fn rounded(sum: i32, bits: u32) -> u8 {
    (sum >> bits).clamp(0, 255) as u8
}

impl Window {
    fn blend(&self, pixels: &[[u8; 3]]) -> [u8; 3] {
        let mut sum = [half(self.bits); 3];
        for (weight, pixel) in self.weights.iter().zip(pixels) {
            for (sum, &value) in sum.iter_mut().zip(pixel) {
                *sum += weight * i32::from(value);
            }
        }
        sum.map(|sum| rounded(sum, self.bits))
    }
}

/// All pixels that these windows look at.
fn span(windows: &[Window]) -> Range<u32> {
    let end = |window: &Window| window.start + window.weights.len();
    let start = windows.first().map_or(0, |window| window.start);
    let end = windows.last().map_or(start, end);
    start as u32..end as u32
}

/// The windows of the new pixels `part` where `from` pixels become `to`.
fn windows(from: u32, to: u32, part: Range<u32>, filter: Filter) -> Vec<Window> {
    if from == to {
        // Both leave out a pass that changes nothing.
        let itself = |at| Window {
            start: at as usize,
            weights: vec![1 << BITS],
            bits: BITS,
        };
        return part.map(itself).collect();
    }
    let scale = f64::from(from) / f64::from(to);
    let widening = scale.max(1.0);
    let narrowing = 1.0 / widening;
    let reach = filter.reach * widening;
    // The largest of all weights tells how many bits PyTorch gives them.
    let all = match filter.whose {
        Whose::Pillow => part.clone(),
        Whose::PyTorch => 0..to,
    };
    let first = all.start;
    let weighted = all.map(|target| {
        let centre = (f64::from(target) + 0.5) * scale;
        let start = (centre - reach + 0.5).max(0.0) as u32;
        let end = ((centre + reach + 0.5) as u32).min(from);
        let weights: Vec<f64> = (start..end)
            .map(|source| (filter.weight)((f64::from(source) - centre + 0.5) * narrowing))
            .collect();
        let total: f64 = weights.iter().sum();
        let total = if total == 0.0 { 1.0 } else { total };
        let weights = weights.into_iter().map(|weight| weight / total);
        (start as usize, weights.collect())
    });
    let weighted: Vec<(usize, Vec<f64>)> = weighted.collect();
    let bits = match filter.whose {
        Whose::Pillow => BITS,
        Whose::PyTorch => bits_of_16(weighted.iter().flat_map(|(_, weights)| weights)),
    };
    let windows = weighted.into_iter().map(|(start, weights)| Window {
        start,
        weights: weights.iter().map(|weight| fixed(*weight, bits)).collect(),
        bits,
    });
    windows
        .skip((part.start - first) as usize)
        .take(part.len())
        .collect()
}

/// The most bits behind the point with which the largest of these weights still is a number of 16 bits.
fn bits_of_16<'a>(weights: impl Iterator<Item = &'a f64>) -> u32 {
    let largest = weights.copied().fold(0.0, f64::max);
    let fits = |bits: &u32| 0.5 + largest * f64::from(1 << (bits + 1)) < f64::from(1 << 15);
    (0..BITS).take_while(fits).count() as u32
}

/// Keys' cubic convolution with a = -0.5.
fn bicubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    match x.abs() {
        x if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
        x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
        _ => 0.0,
    }
}

fn lanczos(x: f64) -> f64 {
    if (-LANCZOS_REACH..LANCZOS_REACH).contains(&x) {
        sinc(x) * sinc(x / LANCZOS_REACH)
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        let x = x * PI;
        x.sin() / x
    }
}

/// The nearest number in fixed point; halves go away from zero.
fn fixed(weight: f64, bits: u32) -> i32 {
    let half = if weight < 0.0 { -0.5 } else { 0.5 };
    (half + weight * f64::from(1 << bits)) as i32
}
