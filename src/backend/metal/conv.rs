//! Which kernel a convolution over pictures runs through, and what it needs besides.
//!
//! MLX 0.32.2
//! [`conv.cpp`, `dispatch_conv_2D_gpu`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal/conv.cpp#L1286)
//! and `winograd_conv_2D_gpu`.

use super::Number;

/// The side of the outputs that Winograd makes at once, and of what it sees for that.
const TILE: u64 = 6;
const SEEN: u64 = 8;

/// The most that Winograd may need besides for one strip of rows, in bytes. Two strips are in flight.
pub const MOST_SCRATCH: u64 = 512 << 20;

/// A convolution over pictures (n, height, width, inputs), undilated and ungrouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Pictures.
    pub pictures: u64,
    /// Rows of a picture.
    pub height: u64,
    /// Columns.
    pub width: u64,
    /// Channels that it takes.
    pub inputs: u64,
    /// Channels that it makes.
    pub outputs: u64,
    /// The side of its kernel.
    pub side: u64,
    /// The stride, in both directions.
    pub stride: u64,
}

/// How MLX computes a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvPath {
    /// F(6 × 6, 3 × 3), with transformed copies of so many bytes.
    Winograd {
        /// Padded input, transformed input, products and kernel.
        scratch: u64,
    },
    /// As a product of matrices that are never there as a whole.
    Implicit,
    /// The same, with inputs padded to a multiple of 16 channels.
    Padded,
    /// As a product with a matrix of every pixel's neighbours.
    Explicit,
}

impl Conv {
    /// The way that MLX takes in this type. Where memory is short it takes `Implicit` for `Winograd`.
    pub fn path(self, number: Number) -> ConvPath {
        let aligned = |channels: u64, few: u64| channels <= few || channels.is_multiple_of(16);
        let seen = self.pictures * self.height * self.width;
        let made = seen / self.stride.pow(2);
        let one = self.stride == 1;
        let winograd = one
            && self.side == 3
            && self.inputs.is_multiple_of(32)
            && self.outputs.is_multiple_of(32)
            && self.inputs + self.outputs >= 256
            && seen >= 4096;
        if winograd {
            return ConvPath::Winograd {
                scratch: self.winograd_scratch(number),
            };
        }
        let specialized = aligned(self.inputs, 4) && aligned(self.outputs, 16);
        let large = made >= 256;
        if one && large && !specialized && aligned(self.outputs, 16) && self.side.pow(2) >= 9 {
            return ConvPath::Padded;
        }
        let even = self.inputs.is_multiple_of(16) && self.outputs.is_multiple_of(16);
        if specialized || even || large {
            ConvPath::Implicit
        } else {
            ConvPath::Explicit
        }
    }

    /// The multiply-adds that the GPU does for it.
    pub fn multiply_adds(self, number: Number) -> u64 {
        let pixels = self.pictures * self.height * self.width / self.stride.pow(2);
        match self.path(number) {
            ConvPath::Winograd { .. } => self.tiles() * SEEN.pow(2) * self.inputs * self.outputs,
            ConvPath::Padded => {
                pixels * self.side.pow(2) * self.inputs.next_multiple_of(16) * self.outputs
            }
            ConvPath::Implicit | ConvPath::Explicit => {
                pixels * self.side.pow(2) * self.inputs * self.outputs
            }
        }
    }

    /// The rows of its output that one dispatch of at most `multiply_adds` makes: whole tiles, one of them at least.
    pub fn rows_within(self, number: Number, multiply_adds: u64) -> u64 {
        let row = (self.multiply_adds(number) / self.height.max(1)).max(1);
        let rows = multiply_adds / row / TILE * TILE;
        rows.max(TILE).min(self.height)
    }

    fn tiles(self) -> u64 {
        self.pictures * self.height.div_ceil(TILE) * self.width.div_ceil(TILE)
    }

    fn winograd_scratch(self, number: Number) -> u64 {
        let transformed = SEEN.pow(2) * self.tiles() * (self.inputs + self.outputs);
        let side = |length: u64| length.next_multiple_of(TILE) + 2;
        let padded = self.pictures * side(self.height) * side(self.width) * self.inputs;
        let kernel = SEEN.pow(2) * self.inputs * self.outputs;
        number.bytes() * (transformed + padded + kernel)
    }
}
