//! Activations.

use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_PI};

use mlx_rs::Array;
use mlx_rs::error::Exception;
use mlx_rs::ops::{erf, sigmoid};

use super::{Fused, exp};
use crate::Result;
use crate::backend::Backend;

thread_local! {
    static SILU: Fused<1> = const { Fused::new(|[x]| gated(x, x)) };
    static GELU: Fused<1> = const {
        Fused::new(|[x]| {
            let constant = Array::from_f32;
            let share = erf(x.multiply(constant(FRAC_1_SQRT_2))?)?.add(constant(1.0))?;
            x.multiply(constant(0.5))?.multiply(share)
        })
    };
    static GELU_TANH: Fused<1> = const {
        Fused::new(|[x]| {
            let constant = Array::from_f32;
            let twice = x
                .square()?
                .multiply(constant(0.044_715))?
                .add(constant(1.0))?
                .multiply(x)?
                .multiply(constant(2.0 * FRAC_2_PI.sqrt()))?;
            gated(x, &twice)
        })
    };
}

/// x · σ(x)
pub fn silu(x: &Array) -> Result<Array> {
    SILU.with(|silu| silu.apply([x], x.dtype()))
}

/// GELU in its exact form: x/2 · (1 + erf(x/√2)).
pub fn gelu(x: &Array) -> Result<Array> {
    GELU.with(|gelu| gelu.apply([x], x.dtype()))
}

/// GELU in its tanh form: x/2 · (1 + tanh u) with u = √(2/π) · (x + 0.044715 x³), which is x · σ(2u).
pub fn gelu_tanh(x: &Array) -> Result<Array> {
    GELU_TANH.with(|gelu| gelu.apply([x], x.dtype()))
}

/// x · σ(gate)
fn gated(x: &Array, gate: &Array) -> Result<Array, Exception> {
    match Backend::current()? {
        Backend::Cpu => x.divide(exp(&gate.negative()?)?.add(Array::from_f32(1.0))?),
        Backend::Metal | Backend::Cuda => x.multiply(sigmoid(gate)?),
    }
}
