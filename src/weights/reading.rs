//! From an entry to an array: whatever the file holds, as the type that is asked for.

use mlx_rs::{Array, Dtype};

use super::decoder::Decoder;
use super::entry::{Entry, Number, QuantParams, Stored};
use super::quant_scheme::QuantScheme;
use super::quantized::QuantizedMatrix;
use super::store::Store;
use super::{buffer, nvfp4, requantize};
use crate::{Error, Result};

impl Store {
    /// The whole tensor, which is one of this shape.
    pub(super) fn whole(&self, entry: &Entry, shape: &[i32], dtype: Dtype) -> Result<Array> {
        if let Some(decoder) = self.decoder(entry)? {
            return shaped(decoder.read(self, entry, dtype)?, shape);
        }
        let Some(packing) = entry.packing(shape) else {
            return shaped(self.plain(entry, dtype)?, shape);
        };
        let dense = self.quantized(entry, shape, packing, dtype)?.unpack()?;
        dense.eval()?;
        Ok(dense)
    }

    /// The matrix of this shape in a packing: as the file holds it if that is [its own](Entry::packing), or packed here.
    /// Scales and biases become `dtype`.
    pub(super) fn quantized(
        &self,
        entry: &Entry,
        shape: &[i32],
        packing: QuantScheme,
        dtype: Dtype,
    ) -> Result<QuantizedMatrix> {
        let own = entry.packing(shape) == Some(packing);
        match (&entry.beside, entry.stored) {
            (QuantParams::Groups { scales, biases }, _) if own => {
                let words = [shape[0], entry.words().unwrap_or_default()];
                let sources = &self.sources;
                let words =
                    buffer::filled(&words, Dtype::Uint32, |bytes| sources.read(entry, 0, bytes))?;
                Ok(QuantizedMatrix {
                    words,
                    scales: self.plain(scales, dtype)?,
                    biases: self.plain(biases, dtype)?,
                    packing,
                })
            }
            (_, Stored::Blocks(block)) if own => {
                requantize::read(self, entry, block, packing, dtype)
            }
            (QuantParams::Scale(_), Stored::Numbers(Number::I8)) if own => {
                requantize::read_bytes(self, entry, packing, dtype)
            }
            _ => QuantizedMatrix::pack(&self.whole(entry, shape, dtype)?, packing),
        }
    }

    /// These rows of a matrix of this shape, one after the other.
    pub(super) fn rows(
        &self,
        entry: &Entry,
        [rows, columns]: [i32; 2],
        ids: &[u32],
        dtype: Dtype,
    ) -> Result<Array> {
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        let shape = [count, columns];
        if let Some(decoder) = self.decoder(entry)? {
            let row_at = |index: usize| ids.get(index).map_or(0, |&id| u64::from(id));
            return decoder.rows(self, entry, row_at, &shape, dtype);
        }
        let Some(stored) = entry.plain().filter(Dtype::is_float) else {
            let whole = self.whole(entry, &[rows, columns], dtype)?;
            return Ok(whole.take_axis(Array::from_slice(ids, &[count]), 0)?);
        };
        let row = entry.bytes / u64::from(rows.unsigned_abs()).max(1);
        let length = usize::try_from(row).unwrap_or(usize::MAX).max(1);
        let sources = &self.sources;
        let array = buffer::filled(&shape, stored, |bytes| {
            let chunks = bytes.chunks_exact_mut(length);
            ids.iter()
                .zip(chunks)
                .try_for_each(|(&id, chunk)| sources.read(entry, u64::from(id) * row, chunk))
        })?;
        cast(array, dtype)
    }

    /// A tensor of plain numbers.
    pub(super) fn plain(&self, entry: &Entry, dtype: Dtype) -> Result<Array> {
        let stored = entry.plain().unwrap_or(dtype);
        cast(self.read(entry, stored)?, dtype)
    }

    /// How to read numbers that MLX does not have.
    fn decoder(&self, entry: &Entry) -> Result<Option<Decoder>> {
        Ok(Decoder::new(entry, self.scales(entry)?))
    }

    /// What all of a tensor, or each row, is multiplied by; nothing of one that has no scales.
    pub(super) fn scales(&self, entry: &Entry) -> Result<Vec<f32>> {
        match &entry.beside {
            QuantParams::Scale(scale) | QuantParams::Rotated(scale, _) => self.floats(scale),
            QuantParams::Nvfp4 { groups, all } => {
                let mut bytes = vec![0; groups.bytes as usize];
                self.read_bytes(groups, 0, &mut bytes)?;
                let of_all = self.floats(all)?.first().copied().unwrap_or(1.0);
                let side =
                    |axis: usize| entry.shape.get(axis).map_or(0, |side| side.unsigned_abs());
                let (rows, columns) = (side(0) as usize, side(1) as usize);
                Ok(nvfp4::scales(&bytes, of_all, rows, columns))
            }
            _ => Ok(Vec::new()),
        }
    }

    fn floats(&self, entry: &Entry) -> Result<Vec<f32>> {
        let numbers = self.whole(entry, &entry.shape, Dtype::Float32)?;
        numbers.to_vec_exact().map_err(|error| {
            let problem = format!("holds scales that cannot be read: {error}");
            Error::content(self.path(entry), problem)
        })
    }
}

/// The array with the axes of length 1 that its network has.
fn shaped(array: Array, shape: &[i32]) -> Result<Array> {
    if array.shape() == shape {
        return Ok(array);
    }
    Ok(array.reshape(shape)?)
}

/// The array as this type. What it was read into is let go.
fn cast(array: Array, dtype: Dtype) -> Result<Array> {
    if array.dtype() == dtype {
        return Ok(array);
    }
    let cast = array.as_dtype(dtype)?;
    drop(array);
    cast.eval()?;
    Ok(cast)
}
