//! Which models are on this machine: a folder goes in, a [`Checkpoint`] comes out, or a sentence
//! about what is missing. Each layout that models are published in has its own file.

mod built_in;
mod card;
mod component;
mod diffusers;
mod family;
mod loose;
mod official;
mod parts;

use std::path::Path;

use crate::error::{Error, Result};
use crate::job::Checkpoint;

pub use built_in::{built_in, built_in_folder};
pub use loose::Picked;

/// Recognises the model in `folder`, by what is in it and not by what it is called.
///
/// # Errors
/// There is no model, parts of it are missing, or it is one that is not supported.
pub fn open(folder: &Path) -> Result<Checkpoint> {
    if !folder.exists() {
        return Err(Error::content(
            folder,
            "is not there: give the folder of a model",
        ));
    }
    if !folder.is_dir() {
        return Err(Error::content(
            folder,
            "is a file: give the folder of a model, or pick its files with --dit, --text-encoder and --vae",
        ));
    }
    let mut checkpoint = if folder.join(diffusers::INDEX).is_file() {
        diffusers::open(folder)?
    } else {
        match official::open(folder) {
            Ok(checkpoint) => checkpoint,
            Err(error) if official::is_in(folder) => return Err(error),
            Err(error) => loose::open(folder).unwrap_or(Err(error))?,
        }
    };
    card::lay_over(&mut checkpoint)?;
    Ok(checkpoint)
}

/// The model of `folder`, or the one made of picked files, or the built-in one.
///
/// # Errors
/// As [`open`], and when files are picked that are no model together.
pub fn choose(folder: Option<&Path>, picked: &Picked) -> Result<Checkpoint> {
    match folder {
        _ if !picked.is_empty() => picked.model(),
        Some(folder) => open(folder),
        None => built_in(),
    }
}
