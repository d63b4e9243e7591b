//! *Synthetic* weights lie in no file: they are random numbers of a plausible scale, so that a network of any published
//! size can be measured on a machine that does not have its checkpoint.

use std::collections::BTreeMap;

use mlx_rs::random::{key, uniform};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::entry::{Entry, Number, Stored};
use crate::Result;

/// What the published checkpoints mostly are.
pub(super) const DTYPE: Dtype = Dtype::Bfloat16;

/// Entries that tell the shapes of these tensors.
pub(super) fn entries(
    shapes: impl IntoIterator<Item = (String, Vec<i32>)>,
) -> BTreeMap<String, Entry> {
    let entry = |shape| Entry {
        stored: Stored::Numbers(Number::BF16),
        shape,
        ..Entry::nothing()
    };
    shapes
        .into_iter()
        .map(|(name, shape)| (name, entry(shape)))
        .collect()
}

/// The tensor of this name, the same each time: matrices and kernels keep the variance of what they are applied to, so
/// that activations stay finite however many layers there are; norms and biases do nothing.
pub(super) fn tensor(name: &str, shape: &[i32], dtype: Option<Dtype>) -> Result<Array> {
    let inputs: i32 = shape.iter().skip(1).product();
    let values = if inputs > 1 {
        let seed = key(crc32fast::hash(name.as_bytes()).into())?;
        let bound = (3.0 / inputs as f32).sqrt();
        uniform::<f32, f32>(-bound, bound, shape, &seed)?
    } else if name.ends_with("bias") {
        Array::zeros::<f32>(shape)?
    } else {
        Array::ones::<f32>(shape)?
    };
    let values = values.as_dtype(dtype.unwrap_or(DTYPE))?;
    eval([&values])?;
    Ok(values)
}
