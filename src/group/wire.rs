//! What rank 0 tells all others, and what all of them say to that.

use mlx_rs::ops::zeros_dtype;
use mlx_rs::{Array, Dtype};
use serde::{Deserialize, Serialize};

use super::{Group, MlxGroup};
use crate::Result;
use crate::error::Error;
use crate::job::Problem;

/// The most bytes of one exchange.
const PIECE: usize = 1 << 26;

/// The bytes of a length.
const LENGTH: usize = 4;

/// Rank 0's bytes, on every rank; the others give none.
///
/// A sum does as well as a broadcast, which MLX has not: everybody else adds zeros.
///
/// # Errors
/// MLX's, also where another rank is gone.
pub fn tell(group: &MlxGroup, bytes: &[u8]) -> Result<Vec<u8>> {
    let is_first = group.rank() == 0;
    let own = |bytes: &[u8]| Array::from_slice(bytes, &[bytes.len() as i32]);
    let length = if is_first { bytes.len() as u64 } else { 0 };
    let length = group.sum(&own(&length.to_le_bytes()))?;
    let length = of_bytes(&length)?;
    let length = length.try_into().map_or(0, u64::from_le_bytes);
    let length = usize::try_from(length).unwrap_or(0);
    let mut told = Vec::with_capacity(length.min(PIECE));
    while told.len() < length {
        let piece = PIECE.min(length - told.len());
        let given = if is_first {
            own(&bytes[told.len()..told.len() + piece])
        } else {
            zeros_dtype(&[piece as i32], Dtype::Uint8)?
        };
        told.extend(of_bytes(&group.sum(&given)?)?);
    }
    Ok(told)
}

fn of_bytes(array: &Array) -> Result<Vec<u8>> {
    array.eval()?;
    let bytes = array.try_as_slice::<u8>();
    let bytes = bytes.map_err(|error| Error::from(Problem::Mlx(error.to_string())))?;
    Ok(bytes.to_vec())
}

/// What a tensor is, before it comes.
#[derive(Serialize, Deserialize)]
struct About {
    name: String,
    shape: Vec<i32>,
}

/// Rank 0's tensors by name, float32, on every rank; the others give none.
///
/// # Errors
/// MLX's, also where another rank is gone.
pub fn tell_tensors(group: &MlxGroup, tensors: &[(String, Array)]) -> Result<Vec<(String, Array)>> {
    let about = tensors.iter().map(|(name, array)| About {
        name: name.clone(),
        shape: array.shape().to_vec(),
    });
    let about: Vec<About> = about.collect();
    let about = serde_json::to_vec(&about).unwrap_or_default();
    let about: Vec<About> = serde_json::from_slice(&tell(group, &about)?)
        .map_err(|error| Error::from(Problem::Defect(error.to_string())))?;
    let mut told = Vec::new();
    for (index, About { name, shape }) in about.into_iter().enumerate() {
        let given = match tensors.get(index) {
            Some((_, array)) if group.rank() == 0 => array.as_dtype(Dtype::Float32)?,
            _ => zeros_dtype(&shape, Dtype::Float32)?,
        };
        let sum = group.sum(&given)?;
        sum.eval()?;
        told.push((name, sum));
    }
    Ok(told)
}

/// What each rank has to say, by rank; all of them say something, if only nothing.
///
/// # Errors
/// MLX's, also where another rank is gone.
pub fn agree(group: &MlxGroup, own: &[u8]) -> Result<Vec<Vec<u8>>> {
    let length = Array::from_slice(&(own.len() as u32).to_le_bytes(), &[LENGTH as i32]);
    let lengths = of_bytes(&group.gather(&length)?)?;
    let lengths: Vec<usize> = lengths
        .as_chunks::<LENGTH>()
        .0
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes) as usize)
        .collect();
    let longest = lengths.iter().copied().max().unwrap_or(0);
    if longest == 0 {
        return Ok(vec![Vec::new(); lengths.len()]);
    }
    let mut padded = own.to_vec();
    padded.resize(longest, 0);
    let all = of_bytes(&group.gather(&Array::from_slice(&padded, &[longest as i32]))?)?;
    let said = all.chunks(longest).zip(&lengths);
    Ok(said
        .map(|(said, &length)| said[..length].to_vec())
        .collect())
}
