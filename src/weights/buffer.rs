//! Arrays filled from outside: the one place where file contents enter MLX's memory.

use mlx_rs::ops::zeros_dtype;
use mlx_rs::{Array, Dtype};

use crate::{Error, Result};

/// An array whose bytes `fill` writes, in row-major and little-endian order. There is no second copy.
#[expect(
    unsafe_code,
    reason = "MLX's Rust interface has no way to write into an array's memory"
)]
pub(super) fn filled(
    shape: &[i32],
    dtype: Dtype,
    fill: impl FnOnce(&mut [u8]) -> Result<()>,
) -> Result<Array> {
    let array = zeros_dtype(shape, dtype)?;
    array.eval()?;
    let length = array.nbytes();
    if length == 0 {
        return Ok(array);
    }
    // SAFETY: the array is a valid handle and evaluated, so it has a buffer (or this is null).
    let start = unsafe { mlx_sys::mlx_array_data_uint8(array.as_ptr()) }.cast_mut();
    if start.is_null() {
        return Err(Error::Other(
            "MLX gave no memory to read weights into".into(),
        ));
    }
    // SAFETY: the buffer is `length` bytes of plain numbers, for which every bit pattern is valid. It was made for this
    // array just now, nobody else has the handle, and no computation on it is pending: the slice is the only access.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, length) };
    fill(bytes)?;
    Ok(array)
}
