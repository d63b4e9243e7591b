//! Which models are on this machine: a folder goes in, a [`Checkpoint`] comes out, or a sentence
//! about what is missing. Each layout that models are published in has its own file.

mod built_in;
mod card;
mod family;
mod official;

use std::path::Path;

use crate::error::{Error, Result};
use crate::job::Checkpoint;

pub use built_in::{built_in, built_in_folder};

/// Recognises the model in `folder`.
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
            "is a file: give the folder of a model, with everything that was downloaded with it",
        ));
    }
    if let Some(layout) = other_layout(folder) {
        return Err(Error::content(
            folder,
            format!(
                "is a model in {layout}, which is not supported yet: download the official one, as in \
                 Wan-AI/Wan2.2-TI2V-5B"
            ),
        ));
    }
    let mut checkpoint = official::open(folder)?;
    card::lay_over(&mut checkpoint)?;
    Ok(checkpoint)
}

/// What a folder is that looks like a Wan model, but not like an official one.
fn other_layout(folder: &Path) -> Option<&'static str> {
    const SIGNS: [(&str, &str); 3] = [
        ("model_index.json", "the layout of Diffusers"),
        ("split_files", "the layout of ComfyUI"),
        ("high_noise_model.safetensors", "the layout of mlx-video"),
    ];
    if folder.join("config.json").exists() || official::has_experts(folder) {
        return None;
    }
    SIGNS
        .into_iter()
        .find(|(sign, _)| folder.join(sign).exists())
        .map(|(_, layout)| layout)
}
