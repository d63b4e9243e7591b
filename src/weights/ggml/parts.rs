//! What every block is taken apart into.

use half::f16;

/// The most elements of a block.
pub const MOST_ELEMENTS: usize = 256;
/// The fewest that share a scale.
const SMALLEST_GROUP: usize = 16;

/// A block taken apart: w = scale · q + bias.
pub struct Parts {
    /// A number for each element.
    pub q: [u8; MOST_ELEMENTS],
    /// A scale for each group.
    pub scales: [f32; MOST_ELEMENTS / SMALLEST_GROUP],
    /// A bias for each group.
    pub biases: [f32; MOST_ELEMENTS / SMALLEST_GROUP],
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            q: [0; MOST_ELEMENTS],
            scales: [0.0; MOST_ELEMENTS / SMALLEST_GROUP],
            biases: [0.0; MOST_ELEMENTS / SMALLEST_GROUP],
        }
    }
}

impl Parts {
    /// One scale and bias for all.
    pub(super) fn share(&mut self, scale: f32, bias: f32) {
        self.scales[0] = scale;
        self.biases[0] = bias;
    }
}

/// The next `N` bytes.
pub(super) fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(first)
}

/// The next two bytes as a number.
pub(super) fn half(bytes: &mut &[u8]) -> Option<f32> {
    Some(f16::from_le_bytes(*take(bytes)?).to_f32())
}
