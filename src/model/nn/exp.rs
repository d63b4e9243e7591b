//! The exponential function for processors, and what follows from it.

use std::f32::consts::LOG2_E;

use mlx_rs::error::Exception;
use mlx_rs::ops::clip;
use mlx_rs::{Array, Dtype};

/// ln 2 in two parts. The first has few enough digits that its whole multiples are exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
/// Beyond this power of e, float32 has no normal numbers.
const LARGEST_POWER: f32 = 87.0;
/// What a float32 adds to the exponent that it stores.
const BIAS: i32 = 127;
/// Moves an integer to where a float32 stores its exponent.
const TO_EXPONENT: i32 = 1 << 23;

/// eˣ of float32, to within 5e-7 of its value; beyond e^±87 the value there.
///
/// MLX's own takes 12 ns for a value on processors other than Apple's, one at a time; sums and
/// products are vectorised, and the dozen of them that this takes are three times as fast.
///
/// eˣ is 2 to the integer nearest to x · log₂ e, which is written into a float's exponent, times e to
/// the rest, for which the Taylor polynomial of degree 6 suffices.
pub fn exp(x: &Array) -> Result<Array, Exception> {
    let constant = Array::from_f32;
    let x = clip(x, (-LARGEST_POWER, LARGEST_POWER))?;
    let whole = x.multiply(constant(LOG2_E))?.round(0)?;
    let mut rest = x;
    for part in LN_2 {
        rest = rest.subtract(whole.multiply(constant(part))?)?;
    }
    let mut sum = constant(taylor(6));
    for degree in (0..6).rev() {
        sum = sum.multiply(&rest)?.add(constant(taylor(degree)))?;
    }
    let exponent = whole
        .as_dtype(Dtype::Int32)?
        .add(Array::from_int(BIAS))?
        .multiply(Array::from_int(TO_EXPONENT))?;
    sum.multiply(exponent.view_dtype(Dtype::Float32)?)
}

/// e to each score as a part of their sum along the last axis, computed in float32.
pub fn softmax(scores: &Array) -> Result<Array, Exception> {
    let exact = scores.as_dtype(Dtype::Float32)?;
    let powers = exp(&exact.subtract(exact.max_axis(-1, true)?)?)?;
    let parts = powers.divide(powers.sum_axis(-1, true)?)?;
    parts.as_dtype(scores.dtype())
}

/// 1 / n!
fn taylor(degree: u16) -> f32 {
    (1..=degree).map(f32::from).product::<f32>().recip()
}
