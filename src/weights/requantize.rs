//! GGUF's blocks, and bytes with a scale for each row, as MLX packs numbers: where 32 neighbours share a scale, both say
//! the same, and nothing is lost but digits of the scales.

use mlx_rs::Dtype;

use super::buffer;
use super::decoder::{Row, put};
use super::entry::Entry;
use super::ggml::{Block, Parts};
use super::quant_scheme::QuantScheme;
use super::quantized::QuantizedMatrix;
use super::shares;
use super::store::Store;
use crate::Result;

/// A matrix in blocks, read and repacked a row at a time.
pub(super) fn read(
    store: &Store,
    entry: &Entry,
    block: Block,
    packing: QuantScheme,
    dtype: Dtype,
) -> Result<QuantizedMatrix> {
    let row = Row::of(entry);
    let (rows, columns) = (row.count as i32, row.elements as i32);
    let words = columns / 32 * packing.bits;
    let (sources, width) = (&store.sources, 4 * words.unsigned_abs() as usize);
    let mut parts = Vec::new();
    let packed = buffer::filled(&[rows, words], Dtype::Uint32, |target| {
        parts = shares::each(target, width, |first, share| {
            let mut bytes = vec![0; row.bytes];
            let mut groups = Groups::default();
            for (index, target) in share.chunks_exact_mut(width.max(1)).enumerate() {
                sources.read(entry, (first + index) as u64 * row.bytes as u64, &mut bytes)?;
                groups.add_row(block, &bytes, target);
            }
            Ok(groups)
        })?;
        Ok(())
    })?;
    let floats = |values: fn(&Groups) -> &[f32]| {
        let values: Vec<f32> = parts.iter().flat_map(values).copied().collect();
        buffer::filled(&[rows, columns / packing.group], dtype, |target| {
            put(&values, dtype, target);
            Ok(())
        })
    };
    Ok(QuantizedMatrix {
        words: packed,
        scales: floats(|groups| &groups.scales)?,
        biases: floats(|groups| &groups.biases)?,
        packing,
    })
}

/// A matrix of bytes with a sign, which MLX has without: all are 128 more, and the bias takes that away again.
pub(super) fn read_bytes(
    store: &Store,
    entry: &Entry,
    packing: QuantScheme,
    dtype: Dtype,
) -> Result<QuantizedMatrix> {
    const ZERO: u8 = 128;
    let row = Row::of(entry);
    let (rows, columns) = (row.count as i32, row.elements as i32);
    let sources = &store.sources;
    let words = buffer::filled(&[rows, columns / 4], Dtype::Uint32, |target| {
        sources.read(entry, 0, target)?;
        for byte in target.iter_mut() {
            *byte ^= ZERO;
        }
        Ok(())
    })?;
    let scales = store.scales(entry)?;
    let groups = (columns / packing.group) as usize;
    let all = |factor: f32| {
        let of_row = |row: usize| scales.get(row).or(scales.first()).copied().unwrap_or(1.0);
        let values: Vec<f32> = (0..row.count as usize)
            .flat_map(|row| std::iter::repeat_n(of_row(row) * factor, groups))
            .collect();
        buffer::filled(&[rows, columns / packing.group], dtype, |target| {
            put(&values, dtype, target);
            Ok(())
        })
    };
    Ok(QuantizedMatrix {
        words,
        scales: all(1.0)?,
        biases: all(-f32::from(ZERO))?,
        packing,
    })
}

/// What the groups of some rows share, one after the other.
#[derive(Default)]
struct Groups {
    scales: Vec<f32>,
    biases: Vec<f32>,
}

impl Groups {
    /// Takes the blocks of one row apart, and packs their numbers into `target`.
    fn add_row(&mut self, block: Block, bytes: &[u8], target: &mut [u8]) {
        let elements = block.elements() as usize;
        let groups = elements / block.group();
        let mut parts = Parts::default();
        let blocks = bytes.chunks_exact(block.bytes() as usize);
        let targets = target.chunks_exact_mut(elements / 8 * block.bits() as usize);
        for (bytes, target) in blocks.zip(targets) {
            block.unpack(bytes, &mut parts);
            pack(&parts.q[..elements], block.bits(), target);
            self.scales.extend(&parts.scales[..groups]);
            self.biases.extend(&parts.biases[..groups]);
        }
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
