//! The *blocks* of GGUF: a few numbers of few bits each, with the scales that they share.
//!
//! Whatever its packing, every format says the same: w = scale · q + bias for whole numbers q ≥ 0 of some bits, where
//! 16 or 32 neighbours share scale and bias. The formats are those of ggml's `ggml-common.h`, `block_q4_0` and so on.

use half::f16;

/// The most elements of a block.
pub const MOST_ELEMENTS: usize = 256;
/// The fewest that share a scale.
const SMALLEST_GROUP: usize = 16;

/// The format of a block.
#[expect(
    non_camel_case_types,
    reason = "these are the names that everybody knows them by"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// 4 bits, a scale.
    Q4_0,
    /// 4 bits, a scale and a minimum.
    Q4_1,
    /// 5 bits, a scale.
    Q5_0,
    /// 5 bits, a scale and a minimum.
    Q5_1,
    /// 8 bits, a scale.
    Q8_0,
    /// 2 bits, with scales and minima of 4 bits.
    Q2_K,
    /// 3 bits, with scales of 6 bits.
    Q3_K,
    /// 4 bits, with scales and minima of 6 bits.
    Q4_K,
    /// 5 bits, with scales and minima of 6 bits.
    Q5_K,
    /// 6 bits, with scales of 8 bits.
    Q6_K,
}

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

impl Block {
    /// How many numbers a block holds.
    pub const fn elements(self) -> u64 {
        match self {
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
            _ => 256,
        }
    }

    /// How many bytes a block takes.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q2_K => 84,
            Self::Q3_K => 110,
            Self::Q4_K => 144,
            Self::Q5_K => 176,
            Self::Q6_K => 210,
        }
    }

    /// How many bits q has.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Q2_K => 2,
            Self::Q3_K => 3,
            Self::Q4_0 | Self::Q4_1 | Self::Q4_K => 4,
            Self::Q5_0 | Self::Q5_1 | Self::Q5_K => 5,
            Self::Q6_K => 6,
            Self::Q8_0 => 8,
        }
    }

    /// How many neighbours share scale and bias.
    pub const fn group(self) -> usize {
        match self {
            Self::Q2_K | Self::Q3_K | Self::Q6_K => 16,
            _ => 32,
        }
    }

    /// Takes one block of [`bytes`](Self::bytes) apart; of fewer bytes nothing.
    pub fn unpack(self, bytes: &[u8], parts: &mut Parts) {
        // The length is part of each pattern, so that no index can miss.
        let _ = match self {
            Self::Q4_0 => q4_0(bytes, parts),
            Self::Q4_1 => q4_1(bytes, parts),
            Self::Q5_0 => q5_0(bytes, parts),
            Self::Q5_1 => q5_1(bytes, parts),
            Self::Q8_0 => q8_0(bytes, parts),
            Self::Q2_K => super::k_block::q2(bytes, parts),
            Self::Q3_K => super::k_block::q3(bytes, parts),
            Self::Q4_K => super::k_block::q4(bytes, parts),
            Self::Q5_K => super::k_block::q5(bytes, parts),
            Self::Q6_K => super::k_block::q6(bytes, parts),
        };
    }

    /// The numbers of one block.
    pub fn decode(self, bytes: &[u8], parts: &mut Parts, values: &mut [f32]) {
        self.unpack(bytes, parts);
        let group = self.group();
        let scales = parts.scales.iter().zip(&parts.biases);
        let groups = values.chunks_mut(group).zip(parts.q.chunks(group));
        for ((values, q), (scale, bias)) in groups.zip(scales) {
            for (value, &q) in values.iter_mut().zip(q) {
                *value = scale * f32::from(q) + bias;
            }
        }
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

fn q4_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    nibbles(take(&mut bytes)?, &mut parts.q);
    parts.share(scale, -8.0 * scale);
    Some(())
}

fn q4_1(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    nibbles(take(&mut bytes)?, &mut parts.q);
    parts.share(scale, minimum);
    Some(())
}

fn q5_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    fifth_bits(&mut bytes, parts)?;
    parts.share(scale, -16.0 * scale);
    Some(())
}

fn q5_1(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let (scale, minimum) = (half(&mut bytes)?, half(&mut bytes)?);
    fifth_bits(&mut bytes, parts)?;
    parts.share(scale, minimum);
    Some(())
}

fn q8_0(mut bytes: &[u8], parts: &mut Parts) -> Option<()> {
    let scale = half(&mut bytes)?;
    let signed: &[u8; 32] = take(&mut bytes)?;
    for (q, &byte) in parts.q.iter_mut().zip(signed) {
        *q = byte ^ 0x80; // two's complement as an offset of 128
    }
    parts.share(scale, -128.0 * scale);
    Some(())
}

/// Elements 0 to 15 are the low halves of the bytes, 16 to 31 the high ones.
fn nibbles(bytes: &[u8; 16], q: &mut [u8]) {
    for (i, byte) in bytes.iter().enumerate() {
        q[i] = byte & 0x0f;
        q[i + 16] = byte >> 4;
    }
}

/// The fifth bit of each element comes first, as a number of 32 bits.
fn fifth_bits(bytes: &mut &[u8], parts: &mut Parts) -> Option<()> {
    let high = u32::from_le_bytes(*take(bytes)?);
    nibbles(take(bytes)?, &mut parts.q);
    for (i, q) in parts.q.iter_mut().take(32).enumerate() {
        *q |= u8::from(high >> i & 1 == 1) << 4;
    }
    Some(())
}

impl Parts {
    /// One scale and bias for all.
    fn share(&mut self, scale: f32, bias: f32) {
        self.scales[0] = scale;
        self.biases[0] = bias;
    }
}
