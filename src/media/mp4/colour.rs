//! Between the RGB of screens and the YUV of video: BT.709, limited range, a colour for every four
//! pixels.

use crate::job::Size;

/// Rec. ITU-R BT.709-6, the share of red, green and blue in luma.
const RED: f64 = 0.2126;
const GREEN: f64 = 0.7152;
const BLUE: f64 = 0.0722;

/// 8-bit limited range: luma has 219 steps, colour differences 224.
const LUMA: f64 = 219.0 / 255.0;
const CHROMA: f64 = 224.0 / 255.0;

/// Fixed point with this many bits behind the point.
const BITS: u32 = 16;

const Y: [i32; 3] = [fixed(RED * LUMA), fixed(GREEN * LUMA), fixed(BLUE * LUMA)];
const U: [i32; 3] = difference([-RED, -GREEN, 1.0 - BLUE], 2.0 * (1.0 - BLUE));
const V: [i32; 3] = difference([1.0 - RED, -GREEN, -BLUE], 2.0 * (1.0 - RED));

/// The way back.
const GREY: i32 = fixed(1.0 / LUMA);
const RED_OF_RED: i32 = fixed(2.0 * (1.0 - RED) / CHROMA);
const BLUE_OF_BLUE: i32 = fixed(2.0 * (1.0 - BLUE) / CHROMA);
const GREEN_OF_RED: i32 = fixed(2.0 * (1.0 - RED) * RED / GREEN / CHROMA);
const GREEN_OF_BLUE: i32 = fixed(2.0 * (1.0 - BLUE) * BLUE / GREEN / CHROMA);

/// The sum of four pixels is four times as large as one.
const SAMPLE_BITS: u32 = 2;

/// One picture as the encoder takes it: planes of luma and of the two colour differences.
pub(super) struct Yuv {
    size: Size,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Yuv {
    /// An empty picture; both sides are even.
    pub(super) fn new(size: Size) -> Self {
        let area = size.area() as usize;
        Self {
            size,
            luma: vec![0; area],
            blue: vec![0; area / 4],
            red: vec![0; area / 4],
        }
    }

    /// Takes over one frame of (height, width, 3) bytes.
    pub(super) fn convert(&mut self, rgb: &[u8]) {
        let width = self.size.width as usize;
        for (luma, pixel) in self.luma.iter_mut().zip(rgb.as_chunks::<3>().0) {
            *luma = mix(Y, pixel.map(i32::from), 16, BITS);
        }
        let rows = rgb.chunks_exact(2 * 3 * width);
        let blues = self.blue.chunks_exact_mut(width / 2);
        let reds = self.red.chunks_exact_mut(width / 2);
        for ((rows, blue), red) in rows.zip(blues).zip(reds) {
            let (upper, lower) = rows.split_at(3 * width);
            subsample(upper, lower, |x, sum| {
                blue[x] = mix(U, sum, 128, BITS + SAMPLE_BITS);
                red[x] = mix(V, sum, 128, BITS + SAMPLE_BITS);
            });
        }
    }

    /// Luma, blue and red difference.
    pub(super) fn planes(&self) -> (&[u8], &[u8], &[u8]) {
        (&self.luma, &self.blue, &self.red)
    }
}

/// Planes of luma and of the two colour differences, with the length of their rows in memory.
pub(super) struct Planes<'a> {
    pub(super) luma: (&'a [u8], usize),
    pub(super) blue: (&'a [u8], usize),
    pub(super) red: (&'a [u8], usize),
}

impl Planes<'_> {
    /// The picture as (height, width, 3) bytes; both sides are even.
    pub(super) fn to_rgb(&self, size: Size) -> Vec<u8> {
        let (width, height) = (size.width as usize, size.height as usize);
        let mut rgb = vec![0; 3 * width * height];
        for (y, line) in rgb.chunks_exact_mut((6 * width).max(1)).enumerate() {
            let colours = row(self.blue, y).iter().zip(row(self.red, y));
            let (upper, lower) = line.split_at_mut(3 * width);
            let above = row(self.luma, 2 * y).as_chunks::<2>().0.iter();
            let below = row(self.luma, 2 * y + 1).as_chunks::<2>().0.iter();
            let pixels = upper
                .as_chunks_mut::<6>()
                .0
                .iter_mut()
                .zip(lower.as_chunks_mut::<6>().0);
            for (((pixels, luma), below), colour) in pixels.zip(above).zip(below).zip(colours) {
                let shade = Shade::new(*colour.0, *colour.1);
                shade.paint(pixels.0, *luma);
                shade.paint(pixels.1, *below);
            }
        }
        rgb
    }
}

fn row((plane, stride): (&[u8], usize), y: usize) -> &[u8] {
    plane.get(y * stride..).unwrap_or_default()
}

/// What the two colour differences add to luma, in fixed point: (red, green, blue).
struct Shade([i32; 3]);

impl Shade {
    fn new(blue: u8, red: u8) -> Self {
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        Self([
            RED_OF_RED * red,
            -(GREEN_OF_BLUE * blue + GREEN_OF_RED * red),
            BLUE_OF_BLUE * blue,
        ])
    }

    fn paint(&self, pixels: &mut [u8; 6], luma: [u8; 2]) {
        for (pixel, luma) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
            let grey = (i32::from(luma) - 16) * GREY + (1 << (BITS - 1));
            *pixel = self
                .0
                .map(|shade| ((grey + shade) >> BITS).clamp(0, 255) as u8);
        }
    }
}

/// Averages two by two pixels, as most programs do: sharper than the filters that place the samples
/// more exactly, and nearer to the original whichever way a player interpolates.
fn subsample(upper: &[u8], lower: &[u8], mut put: impl FnMut(usize, [i32; 3])) {
    let pairs = |row| <[u8]>::as_chunks::<6>(row).0.iter();
    for (x, (above, below)) in pairs(upper).zip(pairs(lower)).enumerate() {
        let sum = |c: usize| [above[c], above[c + 3], below[c], below[c + 3]].map(i32::from);
        put(x, [0, 1, 2].map(|channel| sum(channel).iter().sum()));
    }
}

fn mix(weights: [i32; 3], rgb: [i32; 3], zero: i32, bits: u32) -> u8 {
    let sum = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2];
    let half = 1 << (bits - 1);
    // The weights keep it within 16..=240: the cast never cuts anything off.
    (((sum + half) >> bits) + zero) as u8
}

const fn difference(weights: [f64; 3], span: f64) -> [i32; 3] {
    [
        fixed(weights[0] / span * CHROMA),
        fixed(weights[1] / span * CHROMA),
        fixed(weights[2] / span * CHROMA),
    ]
}

/// The nearest number in fixed point.
const fn fixed(value: f64) -> i32 {
    let scaled = value * (1 << BITS) as f64;
    if scaled < 0.0 {
        (scaled - 0.5) as i32
    } else {
        (scaled + 0.5) as i32
    }
}
