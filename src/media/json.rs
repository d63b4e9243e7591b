//! What the program keeps for itself, as small files.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::disk;
use crate::disk::PartialFile;
use crate::error::{Error, Result};

/// Reads a file. One that cannot be understood is of no use, but no obstacle either.
pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&disk::read(path).ok()?).ok()
}

/// Writes a file in place of an earlier one, and the folder that it belongs in.
///
/// # Errors
/// It cannot be written; what was there before still is.
pub fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    let json = serde_json::to_vec_pretty(value)
        .map_err(|error| Error::content(path, format!("cannot be written: {error}")))?;
    PartialFile::write(path, &json)
}
