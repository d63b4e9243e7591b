//! Which *tiny VAEs* are on this machine, told by their tensors. One VAE of a kind decodes the latents of every model of
//! that kind.

use std::path::{Path, PathBuf};

use super::folders;
use super::inventory::steps_together;
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::job::Checkpoint;
use crate::weights::Weights;

/// They have some 11 million numbers; nothing larger is opened.
const LARGEST: u64 = 256 << 20;

/// The tiny VAE for a model that lies nearest to it, in its own folder or those where models are.
///
/// # Errors
/// There is none, and where to get one.
pub fn nearest(model: &Checkpoint) -> Result<PathBuf> {
    let mut walk = Walk::default();
    walk.through(&model.root);
    if let Some(folder) = model.root.parent() {
        walk.through(&folder.join("vae_approx"));
        walk.through(&folder.join("vae"));
    }
    for folder in folders::all() {
        walk.through(&folder);
    }
    let small = |file: &PathBuf| file.metadata().is_ok_and(|about| about.len() < LARGEST);
    let found = walk.weights.into_iter().filter(small);
    let found = found.filter(|file| channels(file) == Some(model.variant.latent_channels()));
    let dit = model
        .dit
        .weights
        .first()
        .map_or(Path::new(""), PathBuf::as_path);
    found
        .max_by_key(|file| steps_together(file, dit))
        .ok_or_else(|| {
            let file = if model.variant.latent_channels() == 48 {
                "taew2_2.safetensors"
            } else {
                "taew2_1.safetensors"
            };
            Error::Other(format!(
                "There is no tiny VAE for {} to decode a draft with: put {file} into a models folder, or give one with --tiny-vae FILE",
                model.name
            ))
        })
}

/// Whether a file holds a tiny VAE for the latents of this model.
///
/// # Errors
/// It cannot be read, or holds something else.
pub fn check(file: &Path, model: &Checkpoint) -> Result<()> {
    let problem = match of(&Weights::open(&[file.to_owned()])?) {
        Some(channels) if channels == model.variant.latent_channels() => return Ok(()),
        Some(_) => format!(
            "is a tiny VAE for other latents than those of {}: choose another",
            model.name
        ),
        None => {
            "is no tiny VAE: choose one such as taew2_1.safetensors or taew2_2.safetensors".into()
        }
    };
    Err(Error::content(file, problem))
}

/// The channels of the latents that a file with a tiny VAE is for; none if it holds something else.
pub fn channels(file: &Path) -> Option<u32> {
    of(&Weights::open(&[file.to_owned()]).ok()?)
}

fn of(weights: &Weights) -> Option<u32> {
    if !weights.has("decoder.3.conv.4.weight") {
        return None;
    }
    let side = weights.side("decoder.1.weight", 1).ok()?;
    u32::try_from(side).ok()
}
