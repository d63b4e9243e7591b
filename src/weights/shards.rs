//! *Shards*: one network's tensors spread over several safetensors files, with an index that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{Error, Result, disk};

/// The part of `*.safetensors.index.json` that matters: which file holds which tensor.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The files of a network: `stem.safetensors` in `folder` or, where that is not there, every shard that
/// `stem.safetensors.index.json` names. All that are listed exist.
pub fn list(folder: &Path, stem: &str) -> Result<Vec<PathBuf>> {
    let single = folder.join(format!("{stem}.safetensors"));
    if single.is_file() {
        return Ok(vec![single]);
    }
    let index = folder.join(format!("{stem}.safetensors.index.json"));
    if !index.is_file() {
        return Err(Error::content(
            folder,
            format!("has neither {stem}.safetensors nor {stem}.safetensors.index.json"),
        ));
    }
    named(&index)
}

/// Every shard that the index names, each of which must be there.
fn named(index: &Path) -> Result<Vec<PathBuf>> {
    let text = disk::read(index)?;
    let Index { weight_map } = serde_json::from_slice(&text).map_err(|error| {
        Error::content(
            index,
            format!("is not an index of shards ({error}): download it again"),
        )
    })?;
    let names: BTreeSet<String> = weight_map.into_values().collect();
    if names.is_empty() {
        return Err(Error::content(index, "names no files: download it again"));
    }
    names.into_iter().map(|name| shard(index, &name)).collect()
}

/// One shard, which lies beside its index.
fn shard(index: &Path, name: &str) -> Result<PathBuf> {
    // Only a plain name: an index must not lead elsewhere.
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(Error::content(
            index,
            format!("names {name:?}, which is not the name of a file beside it"),
        ));
    }
    let file = index.with_file_name(name);
    if file.is_file() {
        Ok(file)
    } else {
        Err(Error::content(
            index,
            format!("names the shard {name}, which is missing: download it"),
        ))
    }
}
