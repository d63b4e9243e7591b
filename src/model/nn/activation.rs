//! Activations.

use std::f32::consts::FRAC_2_PI;

use mlx_rs::ops::{sigmoid, tanh};
use mlx_rs::{Array, Dtype};

use super::{Fused, exp};
use crate::Result;
use crate::backend::Backend;

thread_local! {
    static SILU: Fused<1> = const { Fused::new(|[x]| x.multiply(sigmoid(x)?)) };
    static GELU_TANH: Fused<1> = const {
        Fused::new(|[x]| {
            let constant = Array::from_f32;
            let inner = x
                .square()?
                .multiply(constant(0.044_715))?
                .add(constant(1.0))?
                .multiply(x)?
                .multiply(constant(FRAC_2_PI.sqrt()))?;
            let gate = tanh(&inner)?.add(constant(1.0))?;
            x.multiply(constant(0.5))?.multiply(gate)
        })
    };
}

/// x · σ(x)
pub fn silu(x: &Array) -> Result<Array> {
    if Backend::current()? == Backend::Cpu && x.dtype() == Dtype::Float32 {
        let one = Array::from_f32(1.0);
        return Ok(x.divide(exp(&x.negative()?)?.add(one)?)?);
    }
    SILU.with(|silu| silu.apply([x], x.dtype()))
}

/// GELU in its tanh form: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
pub fn gelu_tanh(x: &Array) -> Result<Array> {
    GELU_TANH.with(|gelu| gelu.apply([x], x.dtype()))
}
