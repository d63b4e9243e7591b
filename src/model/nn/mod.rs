//! Layers that several networks share. Everything is channels-last, as MLX computes.

mod activation;
mod attention;
mod backend;
mod conv;
mod exp;

pub use activation::{gelu_tanh, silu};
pub use attention::attention;
pub use backend::Backend;
pub use conv::{Conv3d, Formulation, Halving};
pub use exp::exp;

use mlx_rs::{Array, Dtype};

use crate::Result;

/// `value` in the type of the expression that it is used in: a float32 scalar would promote all
/// that follows.
pub fn scalar(value: f32, dtype: Dtype) -> Result<Array> {
    Ok(Array::from_f32(value).as_dtype(dtype)?)
}
