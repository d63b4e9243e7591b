//! A few small computations through the kernels that networks use, at the shapes at which graphics processors and their drivers
//! have got them wrong, compared with the processor's results: better a sentence now than a black video in an hour.
//!
//! The processor computes in float32 from the same rounded inputs, so that halves may differ by their rounding alone.

use std::f32::consts::FRAC_2_PI;

use mlx_rs::fast::{ScaledDotProductAttentionMask as Mask, rms_norm, scaled_dot_product_attention};
use mlx_rs::ops::{
    addmm, conv2d, dequantize, matmul, quantize, quantized_matmul, split_equal, tanh,
};
use mlx_rs::{Array, Dtype, Stream, with_stream};

use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::job::{Computation, DeviceFault};
use crate::pipeline::kernels;

/// What is computed, and in which type it is given.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    what: Computation,
    dtype: Dtype,
    compute: fn(Given) -> Result<Array>,
}

/// How a case is computed: on the device, or for reference.
#[derive(Clone, Copy, Debug)]
struct Given {
    dtype: Dtype,
    is_reference: bool,
}

const fn case(what: Computation, dtype: Dtype, compute: fn(Given) -> Result<Array>) -> Case {
    Case {
        what,
        dtype,
        compute,
    }
}

/// Those of every device.
const EXACT: [Case; 7] = [
    case(Computation::Products, Dtype::Float32, product),
    case(Computation::Attention, Dtype::Float32, attention),
    case(Computation::Attention, Dtype::Float32, masked_attention),
    case(Computation::Convolutions, Dtype::Float32, wide_convolution),
    case(Computation::Norms, Dtype::Float32, norm),
    case(Computation::Sums, Dtype::Float32, sum_over_part),
    case(Computation::Chains, Dtype::Float32, chain),
];

/// Those that a GPU computes in half types.
const HALVES: [Case; 9] = [
    case(Computation::Products, Dtype::Bfloat16, large_product),
    case(Computation::Products, Dtype::Float16, large_product),
    case(Computation::Attention, Dtype::Bfloat16, wide_attention),
    case(Computation::Attention, Dtype::Float16, wide_attention),
    case(Computation::Chains, Dtype::Bfloat16, chain),
    case(Computation::Chains, Dtype::Float16, chain),
    case(Computation::QuantisedProducts, Dtype::Bfloat16, eight_bits),
    case(Computation::QuantisedProducts, Dtype::Bfloat16, four_bits),
    case(Computation::QuantisedProducts, Dtype::Float16, eight_bits),
];

/// Those of the type that frames are decoded in where memory is short.
const FRAMES: [fn(Given) -> Result<Array>; 2] = [wide_convolution, narrow_convolution];

/// What a backend is asked for.
pub fn cases(backend: Backend) -> Vec<Case> {
    let mut cases = EXACT.to_vec();
    let half = match backend {
        // Networks are computed in float32 there, and halves take seconds.
        Backend::Cpu => return cases,
        Backend::Metal => Dtype::Float16,
        Backend::Cuda => Dtype::Bfloat16,
    };
    cases.extend(HALVES);
    cases.extend(FRAMES.map(|compute| case(Computation::Convolutions, half, compute)));
    cases
}

/// Computes each case on the device that videos are made on and on the processor. The first that differs is told.
///
/// # Errors
/// MLX cannot compute one of them at all; the others are right.
pub fn run() -> Result<Option<DeviceFault>> {
    let mut failed = None;
    for case in cases(Backend::current()?) {
        match case.fault() {
            Ok(None) => {}
            Ok(fault) => return Ok(fault),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(None), Err)
}

impl Case {
    /// What is wrong with it here.
    ///
    /// # Errors
    /// MLX cannot compute it.
    pub fn fault(self) -> Result<Option<DeviceFault>> {
        let difference = self.difference()?;
        let is_wrong = difference.is_none_or(|part| part > tolerance(self.dtype));
        Ok(is_wrong.then_some(DeviceFault {
            what: self.what,
            difference,
        }))
    }

    /// How far the device is off the processor, as [`difference`] tells it.
    ///
    /// # Errors
    /// MLX cannot compute it.
    pub fn difference(self) -> Result<Option<f32>> {
        let given = |is_reference| Given {
            dtype: self.dtype,
            is_reference,
        };
        let expected = with_stream(&Stream::cpu(), || values(&(self.compute)(given(true))?))?;
        let actual = values(&(self.compute)(given(false))?)?;
        Ok(difference(&actual, &expected))
    }

    /// What it is, for a report.
    pub fn name(self) -> String {
        format!("{:?} in {:?}", self.what, self.dtype)
    }

    /// The type in which the device is given it.
    pub fn dtype(self) -> Dtype {
        self.dtype
    }
}

/// By how much results of a type may differ, as a part of the greatest. Sums in another order differ by a tenth of it; bf16
/// through Winograd, at 7e-1, is as far off as a wrong kernel.
pub fn tolerance(dtype: Dtype) -> f32 {
    match dtype {
        Dtype::Float16 => 5e-3,
        Dtype::Bfloat16 => 2e-2,
        // TF32 rounds the factors to ten bits where it is on.
        _ if Backend::current().is_ok_and(Backend::is_strict) => 1e-4,
        _ => 5e-3,
    }
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
    let array = array.as_dtype(Dtype::Float32)?.contiguous()?;
    array.eval()?;
    array
        .to_vec_exact()
        .map_err(|error| Error::Other(format!("MLX cannot return what it computed: {error}")))
}

impl Given {
    /// Values between -1 and 1 without a pattern that a shifted row would repeat, rounded to the type.
    fn numbers(self, shape: &[i32]) -> Result<Array> {
        let count: i32 = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|n| (n % 1_009 * 37 % 1009 + n / 1009 % 97) as f32 / 552.0 - 1.0)
            .collect();
        let rounded = Array::from_slice(&values, shape).as_dtype(self.dtype)?;
        Ok(if self.is_reference {
            rounded.as_dtype(Dtype::Float32)?
        } else {
            rounded
        })
    }
}

/// No side is a multiple of a tile.
fn product(given: Given) -> Result<Array> {
    Ok(given
        .numbers(&[77, 163])?
        .matmul(given.numbers(&[163, 45])?)?)
}

/// As large as a layer of a DiT is wide: matrix units want 256 rows. With a bias, by the transposed weight.
fn large_product(given: Given) -> Result<Array> {
    let (x, weight) = (given.numbers(&[256, 3072])?, given.numbers(&[3072, 3072])?);
    Ok(addmm(given.numbers(&[3072])?, &x, weight.t(), None, None)?)
}

/// Queries, keys and values are views of one tensor: (batch, heads, tokens, width).
fn attention(given: Given) -> Result<Array> {
    attend(given, [1, 4, 139, 64], None)
}

/// As in the text encoder: what positions add.
fn masked_attention(given: Given) -> Result<Array> {
    let mask = given.numbers(&[1, 4, 139, 139])?;
    attend(given, [1, 4, 139, 64], Some(&mask))
}

/// As in a DiT.
fn wide_attention(given: Given) -> Result<Array> {
    attend(given, [1, 2, 1032, 128], None)
}

fn attend(
    given: Given,
    [batch, heads, tokens, width]: [i32; 4],
    mask: Option<&Array>,
) -> Result<Array> {
    let parts = split_equal(given.numbers(&[batch, heads, tokens, 3 * width])?, 3, -1)?;
    let [queries, keys, values] = parts.as_slice() else {
        return Err(Error::Other(
            "MLX splits a tensor into the wrong number of parts".into(),
        ));
    };
    let scale = (width as f32).sqrt().recip();
    Ok(scaled_dot_product_attention(
        queries,
        keys,
        values,
        scale,
        mask.map(Mask::from),
        None,
    )?)
}

/// Channels and pixels enough for Winograd.
fn wide_convolution(given: Given) -> Result<Array> {
    convolution(given, 128)
}

/// Too few for it.
fn narrow_convolution(given: Given) -> Result<Array> {
    convolution(given, 96)
}

fn convolution(given: Given, channels: i32) -> Result<Array> {
    let pictures = given.numbers(&[1, 64, 64, channels])?;
    let kernel = given.numbers(&[channels, 3, 3, channels])?;
    Ok(conv2d(&pictures, &kernel, None, (1, 1), None, None)?)
}

/// Wider than what one group of threads normalises at once.
fn norm(given: Given) -> Result<Array> {
    let gain = given.numbers(&[5120])?;
    Ok(rms_norm(given.numbers(&[7, 5120])?, Some(&gain), 1e-6)?)
}

fn eight_bits(given: Given) -> Result<Array> {
    quantised_product(given, 8)
}

fn four_bits(given: Given) -> Result<Array> {
    quantised_product(given, 4)
}

fn quantised_product(given: Given, bits: i32) -> Result<Array> {
    const GROUP: i32 = 64;
    let x = given.numbers(&[300, 3072])?;
    // The same words for both: they are packed by the processor, from what both are given.
    let packed = with_stream(&Stream::cpu(), || -> Result<_> {
        let rounded = Given {
            is_reference: false,
            ..given
        };
        Ok(quantize(rounded.numbers(&[256, 3072])?, GROUP, bits)?)
    });
    let (words, scales, biases) = packed?;
    if given.is_reference {
        let [scales, biases] = [scales, biases].map(|x| x.as_dtype(Dtype::Float32));
        let weight = dequantize(words, scales?, &biases?, GROUP, bits)?;
        return Ok(matmul(x, weight.t())?);
    }
    Ok(quantized_matmul(
        x, words, scales, &biases, true, GROUP, bits,
    )?)
}

/// The mean over a slice, as in the VAE's norms.
fn sum_over_part(given: Given) -> Result<Array> {
    let parts = split_equal(given.numbers(&[37, 130, 24])?, 2, 1)?;
    Ok(parts[1].sum_axes(&[1, 2], false)?)
}

/// A chain of elementwise operations that is one kernel on a GPU, compiled while the program runs.
fn chain(given: Given) -> Result<Array> {
    let x = given
        .numbers(&[3, 129, 1000])?
        .multiply(Array::from_f32(4.0).as_dtype(given.own())?)?;
    if !given.is_reference {
        return kernels::gelu_tanh(&x);
    }
    let constant = Array::from_f32;
    let cubic = x.square()?.multiply(&x)?.multiply(constant(0.044_715))?;
    let inner = x.add(cubic)?.multiply(constant(FRAC_2_PI.sqrt()))?;
    let share = tanh(&inner)?.add(constant(1.0))?;
    Ok(x.multiply(constant(0.5))?.multiply(share)?)
}

impl Given {
    /// The type in which it is computed.
    fn own(self) -> Dtype {
        if self.is_reference {
            Dtype::Float32
        } else {
            self.dtype
        }
    }
}
