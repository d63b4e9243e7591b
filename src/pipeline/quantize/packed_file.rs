//! A network in a safetensors file, written a tensor at a time.

use std::path::Path;

use mlx_rs::{Array, Dtype};
use serde_json::{Map, Value, json};

use crate::disk::PartialFile;
use crate::job::{Problem, Stage};
use crate::pipeline::Reporter;
use crate::weights::Weights;
use crate::{Error, Result};

/// Room for what the header says of one tensor beside its name: type, shape and place.
const ENTRY: usize = 256;
/// Parts that a tensor may have.
const PARTS: usize = 3;

/// Writes every tensor as `weights` would give it to its network, and tells the size of the file, which gets its name
/// once it is whole.
pub(super) fn write(path: &Path, weights: &Weights, reporter: &mut Reporter) -> Result<u64> {
    let names = weights.names();
    // The header comes first, but is known last: what it does not fill is spaces, as the format allows.
    let room: usize = names.iter().map(|name| PARTS * (name.len() + ENTRY)).sum();
    let start = 8 + room as u64;
    let mut header = Map::new();
    let mut file = PartialFile::create(path)?;
    let mut end = 0;
    for (done, name) in names.iter().enumerate() {
        reporter.step(Stage::Load, done, names.len())?;
        for (name, array) in weights.parts(name)? {
            let raw = array.contiguous()?.view::<u8>()?;
            let bytes: &[u8] = raw
                .try_as_slice()
                .map_err(|error| Error::from(Problem::Mlx(error.to_string())))?;
            file.write_at(start + end, bytes)?;
            let next = end + bytes.len() as u64;
            let entry = json!({
                "dtype": word(&array),
                "shape": array.shape(),
                "data_offsets": [end, next],
            });
            header.insert(name, entry);
            end = next;
        }
    }
    let mut header = Value::from(header).to_string().into_bytes();
    if header.len() > room {
        return Err(Error::content(
            path,
            "cannot be written: the tensors have impossible names",
        ));
    }
    header.resize(room, b' ');
    file.write_at(0, &(header.len() as u64).to_le_bytes())?;
    file.write_at(8, &header)?;
    file.finish()?;
    reporter.step(Stage::Load, names.len(), names.len())?;
    Ok(start + end)
}

/// The format's word for the type of an array that comes out of [`Weights::parts`].
fn word(array: &Array) -> &'static str {
    match array.dtype() {
        Dtype::Float16 => "F16",
        Dtype::Bfloat16 => "BF16",
        Dtype::Uint32 => "U32",
        _ => "F32",
    }
}
