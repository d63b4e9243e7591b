//! Copies of the pictures that videos begin and end with. Each is kept once, in a folder that its
//! content gives a name, under its own name.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::disk::{self, PartialFile};
use crate::error::{Error, Result};
use crate::job::Plan;

/// Copies the pictures of `plan` to `folder`, and names the copies in it.
pub(super) fn keep(folder: &Path, plan: &mut Plan) -> Result<()> {
    for picture in plan.pictures_mut() {
        *picture = copy(folder, picture)?;
    }
    Ok(())
}

fn copy(folder: &Path, picture: &Path) -> Result<PathBuf> {
    if picture.starts_with(folder) {
        return Ok(picture.to_owned());
    }
    let bytes = disk::read(picture)?;
    let folder = folder.join(name(&bytes));
    let copy = folder.join(picture.file_name().unwrap_or_default());
    if copy.is_file() {
        return Ok(copy);
    }
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    PartialFile::write(&copy, &bytes)?;
    Ok(copy)
}

/// Enough of a hash that no two pictures of one person share it.
fn name(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().take(8).fold(String::new(), |mut name, byte| {
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}
