//! Whether a model that has all its files has them whole: a download that broke off leaves some that are cut, or full of
//! zeros, under their final names. And what else is worth knowing of it.

use std::path::{Path, PathBuf};

use super::component::Component;
use super::inventory::{self, Inventory};
use super::{shards, spelling, tokenizers};
use crate::error::{Error, Result};
use crate::job::{Checkpoint, Remark};
use crate::weights::NetworkKind;

/// Opens every network of the model. Of each only the header is read, and small samples.
///
/// # Errors
/// The first that is damaged, not whole, or something else than it should be.
pub fn check(model: &Checkpoint) -> Result<Vec<Component>> {
    check_known(model, &Inventory::default())
}

/// The same, and what is in `stock` is not opened again.
///
/// # Errors
/// As [`check`].
pub fn check_known(model: &Checkpoint, stock: &Inventory) -> Result<Vec<Component>> {
    let network = |files: &[PathBuf], kind| match stock.network(files, kind) {
        Some(known) => Ok(known.clone()),
        None => network_in(files, kind),
    };
    let mut networks = Vec::new();
    for (_, expert) in model.experts() {
        networks.push(network(&expert.weights, NetworkKind::Dit)?);
    }
    networks.push(network(&model.text_encoder, NetworkKind::TextEncoder)?);
    if !model.image_encoder.is_empty() {
        networks.push(network(&model.image_encoder, NetworkKind::ImageEncoder)?);
    }
    let vae = network(&model.vae, NetworkKind::Vae)?;
    inventory::check_vae(&vae, model.variant)?;
    networks.push(vae);
    Ok(networks)
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

/// What is worth saying about a model that runs: it may be less than its owner thinks, or more than is used.
pub fn remarks(model: &Checkpoint) -> Vec<Remark> {
    // Whoever asks has opened it before.
    check(model).map_or_else(|_| Vec::new(), |networks| of_networks(model, &networks))
}

/// The same, where its networks are known.
pub(super) fn of_networks(model: &Checkpoint, networks: &[Component]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if model.high_noise.is_none()
        && let Some(dit) = networks.first()
        && dit.may_be_expert()
        && spelling::ends_in_expert(dit.file())
    {
        remarks.push(Remark::HalfAlone {
            file: dit.file().to_owned(),
            family: model.variant.name(),
        });
    }
    let mut files: Vec<&Path> = Vec::new();
    for network in networks {
        let file = network.file();
        if files.contains(&file) {
            continue;
        }
        files.push(file);
        if network.left_over > 0 {
            remarks.push(Remark::LeftOver {
                file: file.to_owned(),
                tensors: network.left_over,
            });
        }
        remarks.extend(shards::stray(&network.files).map(Remark::Stray));
    }
    let encoder = model.text_encoder.first();
    let is_elsewhere = |encoder: &&PathBuf| {
        let folder = encoder.parent().unwrap_or(encoder);
        **encoder != model.tokenizer
            && !tokenizers::belongs(&model.tokenizer, folder)
            && tokenizers::near(encoder).is_none()
    };
    if encoder.as_ref().is_some_and(is_elsewhere) {
        remarks.push(Remark::Tokenizer(model.tokenizer.clone()));
    }
    remarks
}
