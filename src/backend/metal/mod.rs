//! What Apple's GPUs will do with our networks, worked out without one: which kernels MLX chooses, how much one dispatch
//! computes, what it needs besides, and how long that takes on which Mac.
//!
//! Read from MLX 0.32.2, `mlx/backend/metal` at commit
//! [846d176](https://github.com/ml-explore/mlx/tree/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal). A test fails
//! when mlx-sys changes, so that the rules here are read again. Nothing in here computes or asks a device.

mod attention;
mod budget;
mod chip;
mod conv;
mod cost;
mod vae;

use std::fmt;

pub use attention::{AttentionPath, attention_path};
pub use budget::{Budget, set_window_visible, window_is_visible};
pub use chip::{Chip, Generation, Mac, Tier};
pub use conv::{Conv, ConvPath, MOST_SCRATCH};
pub use cost::{Cost, Meter, Op};
pub use vae::{DecoderShape, Layer};

/// The version of mlx-sys whose MLX was read.
pub const READ_FOR: &str = "0.7.0";

/// A type in which a kernel computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// float32.
    F32,
    /// float16.
    F16,
    /// bfloat16.
    Bf16,
}

impl Number {
    /// Its bytes.
    pub fn bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        })
    }
}
