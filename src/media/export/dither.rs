//! *Dithering* lets two colours of a palette stand for one between them.
//!
//! Where a pixel takes which of the two is decided by a pattern that stands still: what does not move
//! in the video does not flicker in the GIF, and need not be stored again.

use super::palette::Palette;

/// Colours are told apart by so many bits a channel.
const BITS: u32 = 7;

/// Chooses from a palette, and remembers what it chose.
pub(super) struct Dither {
    palette: Palette,
    known: Vec<Option<Pair>>,
}

/// Two colours of the palette, and the share of the pixels that take the second, of 256.
#[derive(Clone, Copy)]
struct Pair {
    first: u8,
    second: u8,
    share: u8,
}

impl Dither {
    pub(super) fn new(palette: Palette) -> Self {
        Self {
            palette,
            known: vec![None; 1 << (3 * BITS)],
        }
    }

    /// The palette's indices for a frame, (height, width, 3) bytes.
    pub(super) fn indices(&mut self, frame: &[u8], width: usize) -> Vec<u8> {
        let rows = frame.chunks_exact((3 * width).max(1)).enumerate();
        rows.flat_map(|(y, row)| {
            row.as_chunks::<3>()
                .0
                .iter()
                .enumerate()
                .map(move |(x, pixel)| (x, y, *pixel))
        })
        .map(|(x, y, pixel)| self.index(pixel, threshold(x, y)))
        .collect()
    }

    fn index(&mut self, pixel: [u8; 3], threshold: u8) -> u8 {
        let key = pixel.map(|value| usize::from(value) >> (8 - BITS));
        let key = (key[0] << (2 * BITS)) | (key[1] << BITS) | key[2];
        let pair = match self.known[key] {
            Some(pair) => pair,
            None => *self.known[key].insert(self.palette.pair(pixel.map(i32::from))),
        };
        if threshold < pair.share {
            pair.second
        } else {
            pair.first
        }
    }
}

impl Palette {
    /// The nearest colour, and the nearest to as far beyond `wanted` on the other side.
    fn pair(&self, wanted: [i32; 3]) -> Pair {
        let (first, near) = self.nearest(wanted);
        let beyond = [0, 1, 2].map(|c| 2 * wanted[c] - near[c]);
        let (second, far) = self.nearest(beyond);
        let dot = |a: [i32; 3], b: [i32; 3]| (0..3).map(|c| a[c] * b[c]).sum::<i32>();
        let way = [0, 1, 2].map(|c| far[c] - near[c]);
        let missing = [0, 1, 2].map(|c| wanted[c] - near[c]);
        let length = dot(way, way).max(1);
        // The first one is nearer, so that at most every other pixel takes the second.
        let share = (256 * dot(way, missing) / length).clamp(0, 128);
        Pair {
            first,
            second,
            share: share as u8,
        }
    }
}

/// Of 256, well spread over neighbouring pixels.
///
/// Interleaved gradient noise: J. Jimenez, "Next Generation Post Processing in Call of Duty: Advanced
/// Warfare", SIGGRAPH 2014.
fn threshold(x: usize, y: usize) -> u8 {
    let inner = 0.067_110_56 * x as f64 + 0.005_837_15 * y as f64;
    (256.0 * (52.982_918_9 * inner.fract()).fract()) as u8
}
