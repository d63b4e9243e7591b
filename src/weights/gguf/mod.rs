//! GGUF files: what is known about the model, a list of tensors, and the tensors, most of them in blocks of few bits.
//!
//! The format is that of ggml's `docs/gguf.md`, versions 2 and 3.

mod header;
mod input;
mod value;

pub use header::{Header, Tensor};
pub use value::{List, Value};

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::entry::{self, Entry, Number, Stored};
use super::ggml::Block;
use crate::{Error, Result};

/// Where ComfyUI's converters keep the shape of a tensor that has more axes than ggml allows, before the tensor's name.
const SHAPE_BEFORE: &str = "comfy.gguf.orig_shape.";

/// Every tensor of the file, which is `length` bytes long. Only the header is read.
pub(super) fn entries(path: &Path, file: &File, length: u64) -> Result<Vec<(String, Entry)>> {
    let sound = || {
        let header = Header::read(file, length)?;
        let tensors = header.tensors.iter();
        let entries = tensors.map(|tensor| {
            let stored = stored(tensor.kind).ok_or_else(|| unknown(tensor))?;
            match entry(&header, tensor, stored, length) {
                Ok(entry) => Ok((tensor.name.clone(), entry)),
                Err(problem) => Err(entry::damaged(&tensor.name, &problem)),
            }
        });
        apart(entries.collect::<Result<_, _>>()?)
    };
    sound().map_err(|problem| Error::content(path, problem))
}

/// Demands that no tensor lies where another one does.
fn apart(mut entries: Vec<(String, Entry)>) -> Result<Vec<(String, Entry)>, String> {
    entries.sort_by_key(|(_, entry)| (entry.start, entry.bytes));
    for pair in entries.windows(2) {
        let [(first, a), (second, b)] = pair else {
            continue;
        };
        if a.start + a.bytes > b.start {
            return Err(format!(
                "is damaged: its tensors {first} and {second} lie in the same place; download it again"
            ));
        }
    }
    Ok(entries)
}

/// The header of the file at `path`.
///
/// # Errors
/// It is no GGUF file, or a damaged one.
pub fn read(path: &Path) -> Result<Header> {
    let file = crate::disk::open(path)?;
    let length = file.metadata().map_err(Error::file("read", path))?.len();
    Header::read(&file, length).map_err(|problem| Error::content(path, problem))
}

/// The bytes of the header at the beginning of the file at `path`: all but the tensors.
///
/// # Errors
/// As [`read`].
pub fn header_bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = read(path)?.data;
    let file = crate::disk::open(path)?;
    file.take(length)
        .read_to_end(&mut bytes)
        .map_err(Error::file("read", path))?;
    Ok(bytes)
}

/// What is said of a file with a tensor of a type that is not read here.
fn unknown(tensor: &Tensor) -> String {
    format!(
        "holds {} in ggml's type {}, which this version cannot read: choose a file in one of Q8_0, Q6_K, Q5_K, Q4_K, Q5_0, \
         Q5_1, Q4_0, Q4_1, Q3_K, Q2_K, F16, BF16 and F32",
        tensor.name, tensor.kind
    )
}

/// Where a tensor lies in the file. The error continues the sentence "Tensor k …".
fn entry(header: &Header, tensor: &Tensor, stored: Stored, length: u64) -> Result<Entry, String> {
    let start = header.data.saturating_add(tensor.offset);
    let mut entry = Entry::new(start, stored, &tensor.shape, length)?;
    if let Some(before) = header.integers(&format!("{SHAPE_BEFORE}{}", tensor.name)) {
        let elements = before
            .iter()
            .try_fold(1u64, |product, &side| product.checked_mul(side));
        let sides: Option<Vec<i32>> = before.iter().map(|&side| side.try_into().ok()).collect();
        entry.shape = sides
            .filter(|_| elements == Some(entry.elements()))
            .ok_or_else(|| format!("was of shape {before:?}, which it cannot have been"))?;
    }
    Ok(entry)
}

/// ggml's `enum ggml_type`.
fn stored(kind: u32) -> Option<Stored> {
    Some(match kind {
        0 => Stored::Numbers(Number::F32),
        1 => Stored::Numbers(Number::F16),
        2 => Stored::Blocks(Block::Q4_0),
        3 => Stored::Blocks(Block::Q4_1),
        6 => Stored::Blocks(Block::Q5_0),
        7 => Stored::Blocks(Block::Q5_1),
        8 => Stored::Blocks(Block::Q8_0),
        10 => Stored::Blocks(Block::Q2_K),
        11 => Stored::Blocks(Block::Q3_K),
        12 => Stored::Blocks(Block::Q4_K),
        13 => Stored::Blocks(Block::Q5_K),
        14 => Stored::Blocks(Block::Q6_K),
        24 => Stored::Numbers(Number::I8),
        25 => Stored::Numbers(Number::I16),
        26 => Stored::Numbers(Number::I32),
        27 => Stored::Numbers(Number::I64),
        28 => Stored::Numbers(Number::F64),
        30 => Stored::Numbers(Number::BF16),
        _ => return None,
    })
}
