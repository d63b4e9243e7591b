//! A few small computations at the shapes that graphics processors and their drivers have got wrong, compared
//! with the processor's results: better a sentence now than a black video in an hour.

use mlx_rs::fast::scaled_dot_product_attention;
use mlx_rs::ops::{conv3d, quantize, quantized_matmul, split_equal};
use mlx_rs::{Array, Stream, with_stream};

use crate::error::Result;
use crate::job::{Computation, DeviceFault};

/// Float32 sums in another order differ by far less, wrong ones by far more.
const TOLERANCE: f32 = 1e-2;

/// What is computed and how; the inputs are the same each time.
type Case = (Computation, fn() -> Result<Array>);

const CASES: [Case; 5] = [
    (Computation::Products, product),
    (Computation::Attention, attention),
    (Computation::Convolutions, convolution),
    (Computation::QuantisedProducts, quantised_product),
    (Computation::Sums, sum_over_part),
];

/// Computes each case on the device that videos are made on and on the processor. The first that differs is
/// told.
///
/// # Errors
/// MLX cannot compute one of them at all.
pub fn run() -> Result<Option<DeviceFault>> {
    for (what, compute) in CASES {
        let expected = with_stream(&Stream::cpu(), || values(&compute()?))?;
        let difference = difference(&values(&compute()?)?, &expected);
        if difference.is_none_or(|part| part > TOLERANCE) {
            return Ok(Some(DeviceFault { what, difference }));
        }
    }
    Ok(None)
}

/// The greatest difference, as a part of the greatest expected value; none if anything is not a number.
pub fn difference(actual: &[f32], expected: &[f32]) -> Option<f32> {
    let most = expected.iter().fold(0.0_f32, |most, e| most.max(e.abs()));
    let differences = actual.iter().zip(expected).map(|(a, e)| (a - e).abs());
    // `max` would pass over what is not a number.
    let worst = differences.fold(
        0.0_f32,
        |worst, d| if d > worst || d.is_nan() { d } else { worst },
    );
    let part = worst / most;
    part.is_finite().then_some(part)
}

fn values(array: &Array) -> Result<Vec<f32>> {
    let array = array.contiguous()?;
    array.eval()?;
    array.to_vec_exact().map_err(|error| {
        crate::Error::Other(format!("MLX cannot return what it computed: {error}"))
    })
}

/// Values between -1 and 1 without a pattern that a shifted row would repeat.
fn numbers(shape: &[i32]) -> Array {
    let count: i32 = shape.iter().product();
    let values: Vec<f32> = (0..count)
        .map(|n| (n * 37 % 1009) as f32 / 504.0 - 1.0)
        .collect();
    Array::from_slice(&values, shape)
}

/// No side is a multiple of a tile.
fn product() -> Result<Array> {
    Ok(numbers(&[77, 163]).matmul(numbers(&[163, 45]))?)
}

/// Queries, keys and values are views of one tensor: (batch, heads, tokens, width).
fn attention() -> Result<Array> {
    let parts = split_equal(numbers(&[1, 4, 139, 3 * 64]), 3, -1)?;
    let [queries, keys, values] = parts.as_slice() else {
        return Err(crate::Error::Other(
            "MLX splits a tensor into the wrong number of parts".into(),
        ));
    };
    Ok(scaled_dot_product_attention(
        queries, keys, values, 0.125, None, None,
    )?)
}

/// (batch, frames, height, width, channels), as in the VAE.
fn convolution() -> Result<Array> {
    let kernel = numbers(&[16, 3, 3, 3, 8]);
    Ok(conv3d(
        numbers(&[1, 4, 11, 13, 8]),
        kernel,
        None,
        (0, 1, 1),
        None,
        None,
    )?)
}

/// More rows than a signed 16-bit number counts, which 480p videos have.
fn quantised_product() -> Result<Array> {
    let (weights, scales, biases) = quantize(numbers(&[32, 64]), 64, 8)?;
    let x = numbers(&[32_776, 64]);
    Ok(quantized_matmul(x, weights, scales, &biases, true, 64, 8)?)
}

/// The mean over a slice, as in the VAE's norms.
fn sum_over_part() -> Result<Array> {
    let parts = split_equal(numbers(&[37, 130, 24]), 2, 1)?;
    Ok(parts[1].sum_axes(&[1, 2], false)?)
}
