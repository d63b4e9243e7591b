//! Which *tiny VAEs* are on this machine, told by their tensors. One VAE of a kind decodes the latents of every model of
//! that kind. `LightVAE` counts as one: a VAE of the usual layers, with a quarter of the channels.

use std::path::{Path, PathBuf};

use super::folders;
use super::inventory::steps_together;
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::job::Checkpoint;
use crate::weights::{NetworkKind, Weights};

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
    let wanted = model.variant.latent_channels();
    let (mut tiny, mut narrow) = (Vec::new(), Vec::new());
    for file in walk.weights.into_iter().filter(small) {
        if channels(&file) == Some(wanted) {
            tiny.push(file);
        } else if tiny.is_empty() && is_narrow(&file, model) {
            narrow.push(file);
        }
    }
    // The others take several times as long.
    let found = if tiny.is_empty() { narrow } else { tiny };
    let dit = model
        .dit
        .weights
        .first()
        .map_or(Path::new(""), PathBuf::as_path);
    found
        .into_iter()
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
        None if is_narrow(file, model) => return Ok(()),
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
    let first = if weights.has("decoder.3.conv.4.weight") {
        "decoder.1.weight"
    } else if weights.has("decoder.3.conv.3.weight") {
        "decoder.0.weight" // that of taew2_2_super
    } else {
        return None;
    };
    u32::try_from(weights.side(first, 1).ok()?).ok()
}

/// Whether a file holds a VAE for the model's latents that has fewer channels than the model's own.
fn is_narrow(file: &Path, model: &Checkpoint) -> bool {
    let widths = |files: &[PathBuf]| {
        let weights = Weights::open_kind(files, NetworkKind::Vae).ok()?;
        let latent = weights.side("decoder.conv1.weight", 1).ok()?;
        Some((latent, weights.side("decoder.conv1.weight", 0).ok()?))
    };
    match (widths(&[file.to_owned()]), widths(&model.vae)) {
        (Some((latent, width)), Some((own_latent, own_width))) => {
            latent == own_latent && width < own_width
        }
        _ => false,
    }
}
