//! Numbers that MLX cannot hold as the file does, on their way into its memory: they are read a row at a time and written
//! as the type asked for, so that a tensor is never there twice.

use half::{bf16, f16};
use mlx_rs::{Array, Dtype};

use super::buffer;
use super::entry::{Entry, Number, QuantParams, Stored};
use super::float8::{self, Table};
use super::ggml::{Block, Parts};
use super::store::Store;
use super::{nvfp4, rotation, shares};
use crate::Result;

/// How to make numbers of a tensor's bytes.
pub(super) enum Decoder {
    /// Each byte is a number, to be multiplied by its row's scale, or that of all; the groups of this size in a row may be
    /// [rotated](rotation).
    Bytes {
        table: &'static Table,
        scales: Vec<f32>,
        rotated: Option<usize>,
    },
    /// Each byte is two numbers, and each group of them in a row has its scale.
    Nvfp4(Vec<f32>),
    /// Numbers of 64 bits.
    Doubles,
    /// Blocks with scales of their own.
    Blocks(Block),
}

impl Decoder {
    /// For a tensor, with the scales that lie beside it; none if MLX can hold it as it is.
    pub(super) fn new(entry: &Entry, scales: Vec<f32>) -> Option<Self> {
        let is_nvfp4 = matches!(entry.beside, QuantParams::Nvfp4 { .. });
        let table = match entry.stored {
            Stored::Numbers(_) if is_nvfp4 => return Some(Self::Nvfp4(scales)),
            Stored::Numbers(Number::F8_E4M3) => &float8::E4M3,
            Stored::Numbers(Number::F8_E5M2) => &float8::E5M2,
            Stored::Numbers(Number::I8) if !scales.is_empty() => &float8::SIGNED,
            Stored::Numbers(Number::F64) => return Some(Self::Doubles),
            Stored::Numbers(_) => return None,
            Stored::Blocks(block) => return Some(Self::Blocks(block)),
        };
        let rotated = match entry.beside {
            QuantParams::Rotated(_, group) => Some(group),
            _ => None,
        };
        Some(Self::Bytes {
            table,
            scales,
            rotated,
        })
    }

    /// The whole tensor as `dtype`.
    pub(super) fn read(&self, store: &Store, entry: &Entry, dtype: Dtype) -> Result<Array> {
        self.rows(store, entry, |row| row as u64, &entry.shape, dtype)
    }

    /// Rows of a tensor as `dtype` and of the given shape: one after the other those that `row_at` names.
    pub(super) fn rows(
        &self,
        store: &Store,
        entry: &Entry,
        row_at: impl Fn(usize) -> u64 + Sync,
        shape: &[i32],
        dtype: Dtype,
    ) -> Result<Array> {
        let row = Row::of(entry);
        let (sources, width) = (&store.sources, (row.elements * width(dtype)).max(1));
        buffer::filled(shape, dtype, |target| {
            shares::each(target, width, |first, share| {
                let mut bytes = vec![0; row.bytes];
                let mut values = vec![0.0; row.elements];
                let mut targets = share.chunks_exact_mut(width).enumerate();
                targets.try_for_each(|(index, target)| {
                    let index = row_at(first + index);
                    sources.read(entry, index * row.bytes as u64, &mut bytes)?;
                    self.decode(index, &bytes, &mut values);
                    put(&values, dtype, target);
                    Ok(())
                })
            })?;
            Ok(())
        })
    }

    fn decode(&self, row: u64, bytes: &[u8], values: &mut [f32]) {
        match self {
            Self::Bytes {
                table,
                scales,
                rotated,
            } => {
                let own = usize::try_from(row).ok().and_then(|row| scales.get(row));
                let scale = own.or(scales.first()).copied().unwrap_or(1.0);
                for (value, &byte) in values.iter_mut().zip(bytes) {
                    *value = table[usize::from(byte)] * scale;
                }
                if let Some(group) = rotated {
                    rotation::rotate(values, *group);
                }
            }
            Self::Nvfp4(scales) => nvfp4::decode(row as usize, bytes, scales, values),
            Self::Doubles => {
                for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
                    *value = f64::from_le_bytes(*bytes) as f32;
                }
            }
            Self::Blocks(block) => {
                let mut parts = Parts::default();
                let blocks = bytes.chunks_exact(block.bytes() as usize);
                let values = values.chunks_exact_mut(block.elements() as usize);
                for (bytes, values) in blocks.zip(values) {
                    block.decode(bytes, &mut parts, values);
                }
            }
        }
    }
}

/// A *row* is what has the same first index.
pub(super) struct Row {
    /// How many there are.
    pub(super) count: u64,
    /// Of one row.
    pub(super) bytes: usize,
    /// Of one row.
    pub(super) elements: usize,
}

impl Row {
    pub(super) fn of(entry: &Entry) -> Self {
        let elements = entry.elements();
        let count = match entry.shape.as_slice() {
            &[first, _, ..] if whole_rows(entry, first) => u64::from(first.unsigned_abs()),
            _ => 1,
        };
        Self {
            count,
            bytes: (entry.bytes / count) as usize,
            elements: (elements / count) as usize,
        }
    }
}

/// Whether the first axis cuts no block in two.
fn whole_rows(entry: &Entry, first: i32) -> bool {
    let unit = match entry.stored {
        Stored::Blocks(block) => block.elements(),
        Stored::Numbers(_) => 1,
    };
    first > 0 && (entry.elements() / u64::from(first.unsigned_abs())).is_multiple_of(unit)
}

/// The bytes of one number of a floating type.
fn width(dtype: Dtype) -> usize {
    match dtype {
        Dtype::Float16 | Dtype::Bfloat16 => 2,
        _ => 4,
    }
}

/// Writes numbers as one of the floating types that networks compute in.
pub(super) fn put(values: &[f32], dtype: Dtype, target: &mut [u8]) {
    match dtype {
        Dtype::Float16 => {
            for (value, target) in values.iter().zip(target.as_chunks_mut().0) {
                *target = f16::from_f32(*value).to_le_bytes();
            }
        }
        Dtype::Bfloat16 => {
            for (value, target) in values.iter().zip(target.as_chunks_mut().0) {
                *target = bf16::from_f32(*value).to_le_bytes();
            }
        }
        _ => {
            for (value, target) in values.iter().zip(target.as_chunks_mut().0) {
                *target = value.to_le_bytes();
            }
        }
    }
}
