//! Matrices of whole numbers of few bits: w = scale · q + bias, where neighbours in a row share scale and bias, as MLX
//! multiplies them without ever making the whole matrix.

use mlx_rs::ops::{dequantize, quantize};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::buffer;
use super::decoder::{Row, put};
use super::entry::{Beside, Entry, Packing};
use super::gguf::{Block, Parts};
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

    /// The blocks of a GGUF matrix, repacked without any loss but that of the scales in `dtype`; `None` for formats
    /// with smaller groups than MLX has.
    pub(super) fn repack(
        store: &Store,
        entry: &Entry,
        block: Block,
        dtype: Dtype,
    ) -> Result<Option<Self>> {
        let (&[rows, columns], Ok(group @ 32..)) =
            (entry.shape.as_slice(), i32::try_from(block.group()))
        else {
            return Ok(None);
        };
        let packing = Packing {
            group,
            bits: block.bits() as i32,
        };
        let row = Row::of(entry);
        let mut bytes = vec![0; row.bytes];
        let (mut scales, mut biases) = (Vec::new(), Vec::new());
        let words = columns / 32 * packing.bits;
        let packed = buffer::filled(&[rows, words], Dtype::Uint32, |target| {
            let targets = target.chunks_exact_mut((4 * words).unsigned_abs() as usize);
            (0..row.count).zip(targets).try_for_each(|(index, target)| {
                store.read_bytes(entry, index * row.bytes as u64, &mut bytes)?;
                repack_row(block, &bytes, target, &mut scales, &mut biases);
                Ok(())
            })
        })?;
        let groups = [rows, columns / packing.group];
        let floats = |values: &[f32]| {
            buffer::filled(&groups, dtype, |target| {
                put(values, dtype, target);
                Ok(())
            })
        };
        Ok(Some(Self {
            packed,
            scales: floats(&scales)?,
            biases: floats(&biases)?,
            packing,
        }))
    }
}

/// One row of blocks, as packed numbers and their scales and biases.
fn repack_row(
    block: Block,
    bytes: &[u8],
    target: &mut [u8],
    scales: &mut Vec<f32>,
    biases: &mut Vec<f32>,
) {
    let elements = block.elements() as usize;
    let groups = elements / block.group();
    let mut parts = Parts::default();
    let blocks = bytes.chunks_exact(block.bytes() as usize);
    let targets = target.chunks_exact_mut(elements / 8 * block.bits() as usize);
    for (bytes, target) in blocks.zip(targets) {
        block.unpack(bytes, &mut parts);
        pack(&parts.q[..elements], block.bits(), target);
        scales.extend(&parts.scales[..groups]);
        biases.extend(&parts.biases[..groups]);
    }
}

/// Eight numbers take as many bytes as each of them has bits, the first one's lowest bit first.
fn pack(q: &[u8], bits: u32, target: &mut [u8]) {
    let eights = q.as_chunks::<8>().0.iter();
    for (eight, target) in eights.zip(target.chunks_exact_mut(bits as usize)) {
        let word = eight
            .iter()
            .rev()
            .fold(0u64, |word, &q| word << bits | u64::from(q));
        target.copy_from_slice(&word.to_le_bytes()[..bits as usize]);
    }
}
