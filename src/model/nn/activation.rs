//! Activations.

use std::f32::consts::FRAC_2_PI;

use mlx_rs::Array;
use mlx_rs::ops::{sigmoid, tanh};

use super::scalar;
use crate::Result;

/// x · σ(x)
pub fn silu(x: &Array) -> Result<Array> {
    Ok(x.multiply(sigmoid(x)?)?)
}

/// GELU in its tanh form: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
pub fn gelu_tanh(x: &Array) -> Result<Array> {
    let constant = |value| scalar(value, x.dtype());
    let inner = x
        .square()?
        .multiply(constant(0.044_715)?)?
        .add(constant(1.0)?)?
        .multiply(x)?
        .multiply(constant(FRAC_2_PI.sqrt())?)?;
    let gate = tanh(&inner)?.add(constant(1.0)?)?;
    Ok(x.multiply(constant(0.5)?)?.multiply(gate)?)
}
