//! Whether a model that has all its files has them whole: a download that broke off leaves some that are cut, or full of
//! zeros, under their final names.

use std::path::PathBuf;

use super::component::{Component, Role};
use super::inventory;
use crate::error::{Error, Result};
use crate::job::Checkpoint;
use crate::weights::NetworkKind;

/// Opens every network of the model. Of each only the header is read, and small samples.
///
/// # Errors
/// The first that is damaged, not whole, or something else than it should be.
pub fn check(model: &Checkpoint) -> Result<()> {
    for (_, network) in model.experts() {
        network_in(&network.weights, NetworkKind::Dit)?;
    }
    network_in(&model.text_encoder, NetworkKind::TextEncoder)?;
    if !model.image_encoder.is_empty() {
        network_in(&model.image_encoder, NetworkKind::ImageEncoder)?;
    }
    let vae = network_in(&model.vae, NetworkKind::Vae)?;
    inventory::check_vae(&vae, model.variant)
}

fn network_in(files: &[PathBuf], kind: NetworkKind) -> Result<Component> {
    let found = Component::of_kind(files, kind)?;
    found.ok_or_else(|| {
        let what = match kind {
            NetworkKind::Dit => "a DiT",
            NetworkKind::TextEncoder => "a text encoder (UMT5)",
            NetworkKind::ImageEncoder => "an image encoder (CLIP ViT-H/14)",
            NetworkKind::Vae => "a VAE",
        };
        let file = files.first().cloned().unwrap_or_default();
        let problem = format!("does not hold {what} of Wan's: download it again");
        Error::content(&file, problem)
    })
}

/// What is worth saying about a model that runs: it may be less than its owner thinks.
pub fn remarks(model: &Checkpoint) -> Vec<String> {
    let file = model
        .dit
        .weights
        .first()
        .filter(|_| model.high_noise.is_none());
    let alone = file.and_then(|file| {
        let networks = Component::of_kind(&model.dit.weights, NetworkKind::Dit).ok()??;
        let is_half = matches!(networks.role, Role::Dit { .. })
            && networks.may_be_expert()
            && super::spelling::ends_in_expert(file);
        is_half.then(|| {
            format!(
                "{} is used alone, as a whole {}: if it is one of two experts, as its name says, give the other one, too \
                 (--dit LOW --dit-high HIGH)",
                file.display(),
                model.variant.name()
            )
        })
    });
    alone.into_iter().collect()
}
