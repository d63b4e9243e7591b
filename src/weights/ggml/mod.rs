//! The *blocks* of GGUF: a few numbers of few bits each, with the scales that they share.
//!
//! Whatever its packing, every format says the same: w = scale · q + bias for whole numbers q ≥ 0 of some bits, where
//! 16 or 32 neighbours share scale and bias. The formats are those of ggml's `ggml-common.h`, `block_q4_0` and so on.

mod k;
mod parts;
mod simple;

pub use parts::Parts;

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
            Self::Q4_0 => simple::q4_0(bytes, parts),
            Self::Q4_1 => simple::q4_1(bytes, parts),
            Self::Q5_0 => simple::q5_0(bytes, parts),
            Self::Q5_1 => simple::q5_1(bytes, parts),
            Self::Q8_0 => simple::q8_0(bytes, parts),
            Self::Q2_K => k::q2(bytes, parts),
            Self::Q3_K => k::q3(bytes, parts),
            Self::Q4_K => k::q4(bytes, parts),
            Self::Q5_K => k::q5(bytes, parts),
            Self::Q6_K => k::q6(bytes, parts),
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
