//! What was learnt of this machine's speed, as a small file.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};
use crate::job::Estimates;
use crate::media::PartialFile;

/// Reads it. A file that cannot be understood is of no use, but no obstacle either.
pub(super) fn read(path: &Path) -> Estimates {
    let read = || serde_json::from_slice(&fs::read(path).ok()?).ok();
    read().unwrap_or_default()
}

/// Writes it in place of what was known before.
pub(super) fn write(path: &Path, estimates: &Estimates) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    }
    let json = serde_json::to_vec(estimates)
        .map_err(|error| Error::content(path, format!("cannot be written: {error}")))?;
    let mut file = PartialFile::create(path)?;
    file.write_at(0, &json)?;
    file.finish()
}
