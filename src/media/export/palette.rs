//! A *palette* is the colours that a GIF has to do with.

use color_quant::NeuQuant;

/// One place of the 256 is for "as before".
pub(super) const COLOURS: usize = 255;

/// How many pixels of a video the colours are chosen by.
const SAMPLE: usize = 1 << 18;

/// How thoroughly, from 1, the best, to 30.
const SPEED: i32 = 3;

/// At most [`COLOURS`] colours.
pub(super) struct Palette {
    pub(super) colours: Vec<[u8; 3]>,
}

/// Pixels from everywhere in a video, by which its palette is chosen.
pub(super) struct Sample {
    pixels: Vec<[u8; 3]>,
    /// One pixel of so many is looked at.
    stride: usize,
    /// How many are to be skipped in the next frame.
    skip: usize,
}

impl Sample {
    /// Of so many pixels in all.
    pub(super) fn of(pixels: usize) -> Self {
        // An odd stride does not fall into step with the rows.
        let stride = pixels.div_ceil(SAMPLE) | 1;
        Self {
            pixels: Vec::new(),
            stride,
            skip: 0,
        }
    }

    /// The next frame, (height, width, 3).
    pub(super) fn see(&mut self, frame: &[u8]) {
        let pixels = frame.as_chunks::<3>().0;
        self.pixels
            .extend(pixels.iter().skip(self.skip).step_by(self.stride));
        let seen = pixels.len().saturating_sub(self.skip).div_ceil(self.stride);
        self.skip = (self.skip + seen * self.stride).saturating_sub(pixels.len());
    }

    /// The colours that stand for these pixels: themselves if they are few.
    pub(super) fn palette(mut self) -> Palette {
        let quadruples: Vec<u8> = self
            .pixels
            .iter()
            .flat_map(|&[r, g, b]| [r, g, b, 255])
            .collect();
        self.pixels.sort_unstable();
        self.pixels.dedup();
        if self.pixels.len() <= COLOURS {
            return Palette {
                colours: self.pixels,
            };
        }
        let map = NeuQuant::new(SPEED, COLOURS, &quadruples).color_map_rgb();
        Palette {
            colours: map.as_chunks::<3>().0.to_vec(),
        }
    }
}

impl Palette {
    /// The index of the colour nearest to `to`, and that colour.
    pub(super) fn nearest(&self, to: [i32; 3]) -> (u8, [i32; 3]) {
        let colours = self.colours.iter().map(|colour| colour.map(i32::from));
        let (index, colour) = (0..)
            .zip(colours)
            .min_by_key(|(_, colour)| distance(*colour, to))
            .unwrap_or_default();
        (index, colour)
    }
}

/// How different two colours look, roughly: the eye sees green best and blue worst.
fn distance(a: [i32; 3], b: [i32; 3]) -> i32 {
    let square = |channel: usize| (a[channel] - b[channel]).pow(2);
    3 * square(0) + 4 * square(1) + 2 * square(2)
}
