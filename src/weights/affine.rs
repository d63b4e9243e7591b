//! Matrices of whole numbers of few bits: w = scale · q + bias, where neighbours in a row share scale and bias, as MLX
//! multiplies them without ever making the whole matrix.

use mlx_rs::ops::{dequantize, quantize};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::buffer;
use super::entry::{Beside, Entry};
use super::packing::Packing;
use super::store::Store;
use crate::Result;

/// A packed matrix (rows, columns).
#[derive(Debug, Clone)]
pub struct Affine {
    /// (rows, words), 32-bit words with the numbers one after the other, the lowest bits first.
    pub packed: Array,
    /// (rows, groups)
    pub scales: Array,
    /// (rows, groups)
    pub biases: Array,
    /// How the numbers are packed.
    pub packing: Packing,
}

impl Affine {
    /// Packs a matrix whose columns are a multiple of the group.
    pub fn quantise(dense: &Array, packing: Packing) -> Result<Self> {
        let (packed, scales, biases) = quantize(dense, packing.group, packing.bits)?;
        eval([&packed, &scales, &biases])?;
        Ok(Self {
            packed,
            scales,
            biases,
            packing,
        })
    }

    /// The whole matrix, in the type of the scales.
    pub fn dense(&self) -> Result<Array> {
        let Packing { group, bits } = self.packing;
        let dense = dequantize(&self.packed, &self.scales, &self.biases, group, bits)?;
        dense.eval()?;
        Ok(dense)
    }

    /// As the file holds it, with scales and biases of the type `dtype`.
    pub(super) fn read(
        store: &Store,
        entry: &Entry,
        packing: Packing,
        dtype: Dtype,
    ) -> Result<Option<Self>> {
        let Beside::Affine { scales, biases } = &entry.beside else {
            return Ok(None);
        };
        let words = entry.words().unwrap_or_default();
        let packed = buffer::filled(&[entry.shape[0], words], Dtype::Uint32, |bytes| {
            store.read_bytes(entry, 0, bytes)
        })?;
        let cast = |entry: &Entry| -> Result<Array> {
            let stored = entry.floating().unwrap_or(dtype);
            Ok(store.read(entry, stored)?.as_dtype(dtype)?)
        };
        let (scales, biases) = (cast(scales)?, cast(biases)?);
        eval([&scales, &biases])?;
        Ok(Some(Self {
            packed,
            scales,
            biases,
            packing,
        }))
    }
}
