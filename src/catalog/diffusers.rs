//! The layout of Hugging Face's *Diffusers*: `model_index.json` names the parts, and each has a folder of its own.

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::family;
use super::required_files::{Parts, name};
use crate::disk;
use crate::error::{Error, Result};
use crate::job::{Checkpoint, DitShape, HighNoise, Network, Variant};
use crate::weights::shards;

pub(super) const INDEX: &str = "model_index.json";

const WEIGHTS: &str = "diffusion_pytorch_model";

/// The part of `model_index.json` that matters.
#[derive(Deserialize)]
struct Index {
    boundary_ratio: Option<f64>,
    /// (library, class), both null where there is only one network.
    transformer_2: Option<(Value, Value)>,
}

/// The part of `transformer/config.json` that tells the family.
#[derive(Deserialize)]
struct Config {
    in_channels: u32,
    out_channels: u32,
    image_dim: Option<u32>,
    pos_embed_seq_len: Option<u32>,
    vace_in_channels: Option<u32>,
}

impl Config {
    fn shape(&self) -> DitShape {
        DitShape {
            inputs: self.in_channels,
            outputs: self.out_channels,
            seen: match (self.image_dim, self.pos_embed_seq_len) {
                (None, _) => 0,
                (Some(_), None) => 1,
                (Some(_), Some(_)) => 2,
            },
            leads: false, // Diffusers has no such models
            chain: self.vace_in_channels.unwrap_or_default(),
        }
    }
}

/// The part of `scheduler/scheduler_config.json` that matters.
#[derive(Deserialize)]
struct Scheduler {
    flow_shift: Option<f64>,
}

/// Recognises a folder of Diffusers.
///
/// # Errors
/// It is no Wan model, or it is not complete.
pub fn open(folder: &Path) -> Result<Checkpoint> {
    let index: Index = json(&folder.join(INDEX))?;
    let has_second = index
        .transformer_2
        .is_some_and(|(_, class)| !class.is_null());
    // Where there are two, the first is for high noise.
    let places: &[&str] = if has_second {
        &["transformer_2", "transformer"]
    } else {
        &["transformer"]
    };

    let mut parts = Parts::of(folder);
    for place in places {
        parts.file(&format!("{place}/config.json"));
        parts.shards(&format!("{place}/{WEIGHTS}"));
    }
    parts.shards("text_encoder/model");
    parts.shards(&format!("vae/{WEIGHTS}"));
    let tokenizer =
        parts.first(&["tokenizer/tokenizer.json", "tokenizer/spiece.model"].map(str::to_owned));
    let config = folder.join(places[0]).join("config.json");
    let seen = config.is_file().then(|| json(&config)).transpose()?;
    let seen = seen.is_some_and(|config: Config| config.image_dim.is_some());
    if seen {
        parts.shards("image_encoder/model");
    }
    parts.complete()?;

    let variant = variant(folder, places)?;
    let network = |place: &str| -> Result<Network> {
        Ok(Network {
            config: Some(folder.join(place).join("config.json")),
            weights: shards::list(&folder.join(place), WEIGHTS)?,
        })
    };
    let boundary = index.boundary_ratio.or(variant.boundary());
    let high_noise = places
        .get(1)
        .zip(boundary)
        .map(|(place, boundary)| -> Result<HighNoise> {
            Ok(HighNoise {
                network: network(place)?,
                boundary,
            })
        });
    let name = name(folder, variant);
    let variant = family::named(variant, &name);
    let mut defaults = family::defaults(variant, &name);
    if let Some(shift) = shift(folder)? {
        defaults.shift = shift;
    }
    Ok(Checkpoint {
        name,
        variant,
        root: folder.to_owned(),
        dit: network(places[0])?,
        high_noise: high_noise.transpose()?,
        text_encoder: shards::list(&folder.join("text_encoder"), "model")?,
        tokenizer,
        image_encoder: if seen {
            shards::list(&folder.join("image_encoder"), "model")?
        } else {
            Vec::new()
        },
        vae: shards::list(&folder.join("vae"), WEIGHTS)?,
        defaults,
        sizes: Vec::new(),
        latent_rgb: None,
        examples: Vec::new(),
    })
}

/// The family that all networks of the folder belong to.
fn variant(folder: &Path, places: &[&str]) -> Result<Variant> {
    let mut found = None;
    for place in places {
        let path = folder.join(place).join("config.json");
        let config: Config = json(&path)?;
        let Some(variant) = family::by_shape(config.shape(), places.len()) else {
            return Err(Error::content(&path, family::unsupported()));
        };
        if found.is_some_and(|other| other != variant) {
            let problem =
                "belongs to another model than the other transformer: download both again";
            return Err(Error::content(&path, problem));
        }
        found = Some(variant);
    }
    found.ok_or_else(|| Error::content(folder, "has no transformer: download it again"))
}

fn shift(folder: &Path) -> Result<Option<f64>> {
    let path = folder.join("scheduler/scheduler_config.json");
    if !path.is_file() {
        return Ok(None);
    }
    let scheduler: Scheduler = json(&path)?;
    Ok(scheduler.flow_shift)
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = disk::read(path)?;
    serde_json::from_slice(&text).map_err(|error| {
        Error::content(
            path,
            format!("is not as Diffusers writes it ({error}): download it again"),
        )
    })
}
