//! Between the RGB of screens and the YUV of video: BT.709, limited range, a colour for every four
//! pixels.

use super::boxes::{Body, Boxes};
use crate::Result;
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

/// The way back, in fixed point.
#[derive(Clone, Copy)]
pub(super) struct Colour {
    black: i32,
    grey: i32,
    red_of_red: i32,
    blue_of_blue: i32,
    green_of_red: i32,
    green_of_blue: i32,
}

impl Colour {
    /// That of luma to which red and blue have these shares, in all of the 8 bits or the usual part of them.
    const fn new(red: f64, blue: f64, is_full: bool) -> Self {
        let green = 1.0 - red - blue;
        let (luma, chroma) = if is_full { (1.0, 1.0) } else { (LUMA, CHROMA) };
        Self {
            black: if is_full { 0 } else { 16 },
            grey: fixed(1.0 / luma),
            red_of_red: fixed(2.0 * (1.0 - red) / chroma),
            blue_of_blue: fixed(2.0 * (1.0 - blue) / chroma),
            green_of_red: fixed(2.0 * (1.0 - red) * red / green / chroma),
            green_of_blue: fixed(2.0 * (1.0 - blue) * blue / green / chroma),
        }
    }

    /// What the sample entry of a video of this size says. ISO/IEC 14496-12, `ColourInformationBox`; the numbers are those
    /// of Rec. ITU-T H.273. Where it says nothing, pictures of television's old sizes have its old colours.
    pub(super) fn read(boxes: &Boxes, entry: &Body, size: Size) -> Result<Self> {
        /// Rows of the largest of the old sizes.
        const OLD: u32 = 576;
        let old = |is_full| Self::new(0.299, 0.114, is_full);
        let (matrix, is_full) = match boxes.child(entry.clone(), *b"colr")? {
            Some(colour) => match boxes.field::<4>(&colour, 0)? {
                kind if kind == *b"nclx" || kind == *b"nclc" => {
                    let matrix = u16::from_be_bytes(boxes.field(&colour, 8)?);
                    let is_full = kind == *b"nclx" && boxes.field::<1>(&colour, 10)?[0] & 0x80 != 0;
                    (matrix, is_full)
                }
                _ => (0, false),
            },
            None => (0, false),
        };
        Ok(match matrix {
            1 => Self::new(RED, BLUE, is_full),
            5 | 6 => old(is_full),
            9 => Self::new(0.2627, 0.0593, is_full),
            _ if size.height <= OLD => old(is_full),
            _ => Self::new(RED, BLUE, is_full),
        })
    }
}

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
    pub(super) fn to_rgb(&self, size: Size, colours: &Colour) -> Vec<u8> {
        let (width, height) = (size.width as usize, size.height as usize);
        let mut rgb = vec![0; 3 * width * height];
        for (y, line) in rgb.chunks_exact_mut((6 * width).max(1)).enumerate() {
            let differences = row(self.blue, y).iter().zip(row(self.red, y));
            let (upper, lower) = line.split_at_mut(3 * width);
            let above = row(self.luma, 2 * y).as_chunks::<2>().0.iter();
            let below = row(self.luma, 2 * y + 1).as_chunks::<2>().0.iter();
            let pixels = upper
                .as_chunks_mut::<6>()
                .0
                .iter_mut()
                .zip(lower.as_chunks_mut::<6>().0);
            for (((pixels, luma), below), colour) in pixels.zip(above).zip(below).zip(differences) {
                let shade = Shade::new(*colour.0, *colour.1, colours);
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
struct Shade<'a>([i32; 3], &'a Colour);

impl<'a> Shade<'a> {
    fn new(blue: u8, red: u8, of: &'a Colour) -> Self {
        let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
        let shades = [
            of.red_of_red * red,
            -(of.green_of_blue * blue + of.green_of_red * red),
            of.blue_of_blue * blue,
        ];
        Self(shades, of)
    }

    fn paint(&self, pixels: &mut [u8; 6], luma: [u8; 2]) {
        for (pixel, luma) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
            let grey = (i32::from(luma) - self.1.black) * self.1.grey + (1 << (BITS - 1));
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
