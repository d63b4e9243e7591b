//! The *official* layout: the folder as `Wan-AI/Wan2.2-TI2V-5B` publishes it, or with an expert in
//! each of two folders as `Wan-AI/Wan2.2-T2V-A14B` does.

use std::path::Path;

use super::family;
use super::required_files::{Parts, endings, find, has_index, name};
use crate::error::{Error, Result};
use crate::job::{Checkpoint, HighNoise, Network, VaeKind, Variant};
use crate::weights::shards;

const CONFIG: &str = "config.json";
/// The name of a DiT's file, without its ending or the number of a shard.
pub const DIT: &str = "diffusion_pytorch_model";
const TOKENIZER: &str = "google/umt5-xxl/tokenizer.json";
const TEXT_ENCODER: &str = "models_t5_umt5-xxl-enc-bf16";
const IMAGE_ENCODER: &str = "models_clip_open-clip-xlm-roberta-large-vit-huge-14";

/// Where the networks lie in the folder; the one for low noise comes first.
const ONE: &[&str] = &[""];
const TWO: &[&str] = &["low_noise_model/", "high_noise_model/"];

/// The name of the VAE's file without its ending.
fn vae(kind: VaeKind) -> &'static str {
    match kind {
        VaeKind::V21 => "Wan2.1_VAE",
        VaeKind::V22 => "Wan2.2_VAE",
    }
}

/// Whether the folder has one of the two experts.
pub fn has_experts(folder: &Path) -> bool {
    TWO.iter().any(|place| folder.join(place).is_dir())
}

/// Whether the folder has a DiT under its official name.
pub fn is_in(folder: &Path) -> bool {
    ONE.iter().chain(TWO).any(|place| {
        let stem = format!("{place}{DIT}");
        shards::is_there(&folder.join(place), DIT) || has_index(folder, &stem)
    })
}

/// Recognises an official model folder.
///
/// # Errors
/// It is not one, or it is not complete.
pub fn open(folder: &Path) -> Result<Checkpoint> {
    let places = match has_experts(folder) {
        _ if folder.join(CONFIG).is_file() => ONE,
        true => TWO,
        false => return Err(no_config(folder)),
    };
    let variant = variant(folder, places)?;
    let mut parts = Parts::of(folder);
    for place in places {
        parts.shards(&format!("{place}{DIT}"));
    }
    let text_encoder = parts.weights(TEXT_ENCODER);
    let tokenizer = parts.file(TOKENIZER);
    let image_encoder = (variant.inputs().seen > 0).then(|| parts.weights(IMAGE_ENCODER));
    let vae = parts.weights(vae(variant.vae()));
    parts.complete()?;

    let network = |place: &&str| -> Result<Network> {
        Ok(Network {
            config: Some(folder.join(place).join(CONFIG)),
            weights: shards::list(&folder.join(place), DIT)?,
        })
    };
    let high_noise = places.get(1).zip(variant.boundary());
    let high_noise = high_noise.map(|(place, boundary)| -> Result<HighNoise> {
        Ok(HighNoise {
            network: network(place)?,
            boundary,
        })
    });
    let name = name(folder, variant);
    let variant = family::named(variant, &name);
    Ok(Checkpoint {
        variant,
        root: folder.to_owned(),
        dit: network(&places[0])?,
        high_noise: high_noise.transpose()?,
        text_encoder: vec![text_encoder],
        tokenizer,
        image_encoder: Vec::from_iter(image_encoder),
        vae: vec![vae],
        defaults: family::defaults(variant, &name),
        name,
        sizes: Vec::new(),
        latent_rgb: None,
        examples: Vec::new(),
    })
}

/// The family that all networks of the folder belong to.
fn variant(folder: &Path, places: &[&str]) -> Result<Variant> {
    let mut parts = Parts::of(folder);
    let configs = places.iter().map(|place| format!("{place}{CONFIG}"));
    let configs: Vec<_> = configs.map(|config| parts.file(&config)).collect();
    parts.complete()?;
    let variant = family::of(&configs[0], places.len())?;
    for other in &configs[1..] {
        if family::of(other, places.len())? != variant {
            return Err(Error::content(
                other,
                format!("belongs to another model than {}", configs[0].display()),
            ));
        }
    }
    Ok(variant)
}

/// A folder without `config.json`: an incomplete model if anything else of one is there, or no
/// model.
fn no_config(folder: &Path) -> Error {
    let any = [DIT, TEXT_ENCODER, vae(VaeKind::V21), vae(VaeKind::V22)]
        .into_iter()
        .any(|stem| find(folder, &endings(stem)).is_some())
        || has_index(folder, DIT);
    Error::content(
        folder,
        if any {
            "is not a complete model: config.json is missing; download the folder again"
        } else {
            "is not a model: choose a folder as downloaded from Wan-AI/Wan2.2-TI2V-5B, with config.json in it"
        },
    )
}
