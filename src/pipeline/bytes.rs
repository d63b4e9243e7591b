//! From pixels as the networks have them to pixels as screens and files have them.

use mlx_rs::{Array, Dtype};

use crate::job::Problem;
use crate::{Error, Result};

/// Values in [-1, 1] as bytes, truncated as the official code does.
///
/// Wan2.2 `wan/utils/utils.py`, `save_video`.
pub(super) fn of(pixels: &Array) -> Result<Vec<u8>> {
    slice(&array(pixels)?).map(<[u8]>::to_vec)
}

/// The same, row by row, as an array of its own.
pub(super) fn array(pixels: &Array) -> Result<Array> {
    let unit = pixels
        .add(Array::from_f32(1.0))?
        .divide(Array::from_f32(2.0))?;
    Ok(unit
        .multiply(Array::from_f32(255.0))?
        .as_dtype(Dtype::Uint8)?
        .contiguous()?)
}

/// What is in such an array.
pub(super) fn slice(bytes: &Array) -> Result<&[u8]> {
    let values = bytes.try_as_slice::<u8>();
    values.map_err(|error| Error::from(Problem::Mlx(error.to_string())))
}
