//! safetensors files: eight bytes with the length of a JSON header, the header, the tensors.

mod header;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use ::safetensors::tensor::Metadata;
use serde::Deserialize;

use super::entry::{self, Entry, Stored};
use crate::{Error, Result, disk};

/// The format's own limit for a header.
const LARGEST_HEADER: u64 = 100_000_000;

/// Every tensor of the file, which is `length` bytes long. Only the header is read.
pub(super) fn entries(path: &Path, file: &File, length: u64) -> Result<Vec<(String, Entry)>> {
    let (data, metadata) = header(path, file, length)?;
    let tensors = metadata.tensors().into_iter().map(|(key, info)| {
        let shape: Vec<_> = info.shape.iter().map(|&n| n as u64).collect();
        let start = data + info.data_offsets.0 as u64;
        match Entry::new(start, Stored::Numbers(info.dtype), &shape, length) {
            Ok(entry) => Ok((key, entry)),
            Err(problem) => Err(Error::content(path, entry::damaged(&key, &problem))),
        }
    });
    let mut tensors = tensors.collect::<Result<BTreeMap<_, _>>>()?;
    for (layer, format) in formats(&metadata) {
        let note = Entry {
            said: Some(format),
            ..Entry::nothing()
        };
        tensors
            .entry(format!("{layer}.comfy_quant"))
            .or_insert(note);
    }
    Ok(tensors.into_iter().collect())
}

/// What the header says of layers in formats of their own, in JSON each; it stands for a tensor beside the layer's weight.
///
/// ComfyUI `QUANTIZATION.md`; `comfy/utils.py`, `convert_old_quants`.
fn formats(metadata: &Metadata) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Formats {
        layers: BTreeMap<String, serde_json::Value>,
    }
    let notes = metadata.metadata().as_ref();
    let text = notes.and_then(|notes| notes.get("_quantization_metadata"));
    let formats = text.and_then(|text| serde_json::from_str::<Formats>(text).ok());
    let layers = formats.map_or_else(BTreeMap::new, |formats| formats.layers);
    layers
        .into_iter()
        .map(|(layer, format)| (layer, format.to_string()))
        .collect()
}

/// What a safetensors file says beside its tensors, by name.
pub fn notes(path: &Path) -> Result<HashMap<String, String>> {
    let file = disk::open(path)?;
    let length = file.metadata().map_err(Error::file("read", path))?.len();
    let (_, metadata) = header(path, &file, length)?;
    Ok(metadata.metadata().clone().unwrap_or_default())
}

/// Where the tensors begin, and the header, whose offsets are known to lie within the file without gap or overlap and
/// to agree with types and shapes.
fn header(path: &Path, file: &File, length: u64) -> Result<(u64, Metadata)> {
    let stranger = |why: String| {
        Error::content(
            path,
            format!("is neither a safetensors, a PyTorch nor a GGUF file: {why}; choose another"),
        )
    };
    let cut = |needed: u64| {
        let problem =
            format!("is cut short: {length} bytes of {needed} are there; download it again");
        Error::content(path, problem)
    };
    if length < 8 {
        return Err(stranger(format!("it has only {length} bytes")));
    }
    let mut prefix = [0; 8];
    file.read_exact_at(&mut prefix, 0)
        .map_err(Error::file("read", path))?;
    let size = u64::from_le_bytes(prefix);
    if size > LARGEST_HEADER {
        return Err(stranger(format!("its header would have {size} bytes")));
    }
    let data = 8 + size;
    if data > length {
        return Err(cut(data));
    }
    let mut json = vec![0; usize::try_from(size).map_err(|error| stranger(error.to_string()))?];
    file.read_exact_at(&mut json, 8)
        .map_err(Error::file("read", path))?;
    if json.first() != Some(&b'{') {
        return Err(stranger("its header is no JSON object".into()));
    }
    let metadata = header::read(&json).map_err(|problem| {
        Error::content(
            path,
            format!("has a damaged header ({problem}): download it again"),
        )
    })?;
    match data.checked_add(metadata.data_len() as u64) {
        Some(end) if end == length => Ok((data, metadata)),
        Some(end) if end < length => {
            let problem = format!(
                "is damaged: {} bytes belong to no tensor; download it again",
                length - end
            );
            Err(Error::content(path, problem))
        }
        end => Err(cut(end.unwrap_or(u64::MAX))),
    }
}
