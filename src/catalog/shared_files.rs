//! The *rest* of a model is everything but its DiTs.

use std::fs;
use std::path::Path;

use super::manifest;
use crate::disk;
use crate::error::{Error, Result};
use crate::job::Checkpoint;

/// Gives `folder`, which has the DiTs of a model, everything else that it needs: the configuration, the text encoder, the
/// tokenizer, the VAE, and how it is meant to be used. Files become links where the file system has them.
///
/// # Errors
/// A file cannot be read or written.
pub fn bring_rest(checkpoint: &Checkpoint, folder: &Path) -> Result<()> {
    if let Some(config) = &checkpoint.dit.config {
        link(config, folder)?;
    }
    let tokenizer =
        Some(&checkpoint.tokenizer).filter(|file| !checkpoint.text_encoder.contains(file));
    let parts = [
        ("text_encoder", checkpoint.text_encoder.iter().collect()),
        ("tokenizer", Vec::from_iter(tokenizer)),
        ("image_encoder", checkpoint.image_encoder.iter().collect()),
        ("vae", checkpoint.vae.iter().collect()),
    ];
    for (name, files) in parts {
        if files.is_empty() {
            continue;
        }
        let place = folder.join(name);
        fs::create_dir_all(&place).map_err(Error::file("create", &place))?;
        files.into_iter().try_for_each(|file| link(file, &place))?;
    }
    manifest::write(checkpoint, folder)
}

/// Another name for the file in `folder`: on the same disk it takes no room.
fn link(file: &Path, folder: &Path) -> Result<()> {
    let whole = file.canonicalize().map_err(Error::file("read", file))?;
    let target = folder.join(file.file_name().unwrap_or_default());
    if fs::hard_link(&whole, &target).is_ok() {
        return Ok(());
    }
    disk::copy(&whole, &target)
}
