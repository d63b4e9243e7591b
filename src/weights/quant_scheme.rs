//! How MLX packs whole numbers of few bits into words of 32.

use super::ggml::Block;

/// The layout of a row of packed numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuantScheme {
    /// How many neighbours share scale and bias.
    pub group: i32,
    /// Bits of each number.
    pub bits: i32,
}

/// Those that MLX has kernels for, the usual one first.
const GROUPS: [i32; 3] = [64, 32, 128];
const BITS: [i32; 6] = [2, 3, 4, 5, 6, 8];

impl QuantScheme {
    /// Whether rows of so many columns can be packed so.
    pub(super) fn suits(self, columns: i32) -> bool {
        columns > 0 && columns % self.group == 0
    }

    /// That of rows with so many columns, words and groups, if there can be one.
    pub(super) fn of(columns: i32, words: i32, groups: i32) -> Option<Self> {
        let group = GROUPS
            .into_iter()
            .find(|group| groups.checked_mul(*group) == Some(columns))?;
        let all = 32 * i64::from(words);
        let bits = BITS
            .into_iter()
            .find(|&bits| i64::from(columns) * i64::from(bits) == all)?;
        Some(Self { group, bits })
    }

    /// That which says the same as a block of GGUF; `None` for those with smaller groups than MLX has.
    pub(super) fn of_block(block: Block) -> Option<Self> {
        let packing = Self {
            group: block.group() as i32,
            bits: block.bits() as i32,
        };
        GROUPS.contains(&packing.group).then_some(packing)
    }

    /// That which holds bytes with a sign, for rows of so many columns.
    pub(super) fn of_bytes(columns: i32) -> Option<Self> {
        let packings = GROUPS.into_iter().map(|group| Self { group, bits: 8 });
        packings.into_iter().find(|packing| packing.suits(columns))
    }

    /// How many columns there are, if the group is the usual one of those that are possible: a file says no more than
    /// how many words and groups a row has.
    pub(super) fn likely_columns(words: i32, groups: i32) -> Option<i32> {
        GROUPS.into_iter().find_map(|group| {
            let columns = groups.checked_mul(group)?;
            Self::of(columns, words, groups).map(|_| columns)
        })
    }
}
