//! *Shards*: one network's tensors spread over several safetensors files, with an index that names them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{Error, Result, disk};

/// The part of `*.safetensors.index.json` that matters: which file holds which tensor.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The files of a network in `folder`: every shard that `stem.safetensors.index.json` names or, where that is not there or
/// names others than are there, `stem.safetensors`. Without either they may be there as a *variant* of their numbers, as in
/// `stem.fp16.safetensors`, of which the first is taken. All that are listed exist.
///
/// That the index comes first is how others load, too: beside it, a single file is of another time.
///
/// # Errors
/// None of these are there, or some of the shards that an index names are not.
pub fn list(folder: &Path, stem: &str) -> Result<Vec<PathBuf>> {
    let index = folder.join(format!("{stem}.safetensors.index.json"));
    let shards = index.is_file().then(|| named(&index));
    let single = folder.join(format!("{stem}.safetensors"));
    match shards {
        Some(Ok(shards)) => Ok(shards),
        _ if single.is_file() => Ok(vec![single]),
        Some(Err(error)) => Err(error),
        None => variant(folder, stem).unwrap_or_else(|| {
            Err(Error::content(
                folder,
                format!("has neither {stem}.safetensors nor {stem}.safetensors.index.json"),
            ))
        }),
    }
}

/// Whether there is anything that [`list`] would look at.
pub fn is_there(folder: &Path, stem: &str) -> bool {
    let whole = [".safetensors.index.json", ".safetensors"];
    let mut whole = whole.iter().map(|end| folder.join(format!("{stem}{end}")));
    whole.any(|path| path.is_file()) || variant(folder, stem).is_some()
}

/// The files of the first variant: `stem.safetensors.index.fp16.json`, or `stem.fp16.safetensors`.
///
/// Diffusers `utils/constants.py` and `utils/hub_utils.py`, `_add_variant`.
fn variant(folder: &Path, stem: &str) -> Option<Result<Vec<PathBuf>>> {
    let entries = fs::read_dir(folder).ok()?;
    let names = entries.flatten().map(|entry| entry.file_name());
    let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
    names.sort();
    let between = |name: &str, before: &str, after: &str| {
        let variant = name.strip_prefix(before)?.strip_suffix(after)?;
        let is_word =
            !variant.is_empty() && variant.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_word
            .then(|| folder.join(name))
            .filter(|path| path.is_file())
    };
    let indexed = names
        .iter()
        .find_map(|name| between(name, &format!("{stem}.safetensors.index."), ".json"));
    let single = || {
        let before = format!("{stem}.");
        names
            .iter()
            .find_map(|name| between(name, &before, ".safetensors"))
    };
    match indexed {
        Some(index) => Some(named(&index)),
        None => single().map(|file| Ok(vec![file])),
    }
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
