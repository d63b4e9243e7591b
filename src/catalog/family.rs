//! Which of the Wan *families* a DiT belongs to, as its `config.json` tells.

use std::path::Path;

use serde::Deserialize;

use crate::disk;
use crate::error::{Error, Result};
use crate::job::Variant;

/// The part of `config.json` that says what the model is.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "_class_name")]
    class: Option<String>,
    model_type: Option<String>,
    in_dim: Option<u32>,
}

/// The family of the DiT that the file describes, which is one of `experts`.
///
/// # Errors
/// It is no Wan model, or one that is not supported.
pub fn of(path: &Path, experts: usize) -> Result<Variant> {
    let wrong = |problem: String| Err(Error::content(path, problem));
    let text = disk::read_text(path)?;
    let config: Config = match serde_json::from_str(&text) {
        Ok(config) => config,
        Err(error) => {
            return wrong(format!(
                "is not the configuration of a model ({error}): download it again"
            ));
        }
    };
    if let Some(class) = config.class.filter(|class| class != "WanModel") {
        return wrong(format!("belongs to a {class}, which is not a Wan model"));
    }
    let Some(kind) = config.model_type else {
        return wrong("is not the configuration of a Wan model: it has no model_type".into());
    };
    let variant = match (kind.as_str(), experts) {
        ("t2v", 1) => Variant::T2v,
        ("ti2v", 1) => Variant::Ti2v,
        ("t2v", 2) => Variant::T2vA14b,
        ("i2v", 2) => Variant::I2vA14b,
        ("i2v" | "flf2v", 1) => {
            return wrong(
                "belongs to a Wan2.1 model for pictures, which is not supported: use Wan2.2 TI2V or \
                 I2V-A14B"
                    .into(),
            );
        }
        (other, _) => {
            return wrong(format!(
                "belongs to a Wan model of type {other}, which is not supported: t2v, i2v and ti2v are"
            ));
        }
    };
    let expected = variant.input_channels();
    match config.in_dim {
        Some(channels) if channels != expected => wrong(format!(
            "says that there are {channels} channels, but {} has {expected}",
            variant.name()
        )),
        _ => Ok(variant),
    }
}

/// What is wrong with a DiT that belongs to none.
pub const SUPPORTED: &str = "it runs Wan2.1 T2V and Wan2.2 TI2V, T2V-A14B and I2V-A14B";

/// The same where nothing more is known about it.
pub const UNSUPPORTED: &str = "belongs to a Wan model of a kind that is not supported: Wan2.1 T2V and Wan2.2 TI2V, \
                               T2V-A14B and I2V-A14B are";

/// The family of a DiT with these channels, which is one of `experts`.
pub fn by_channels(inputs: u32, outputs: u32, experts: usize) -> Option<Variant> {
    let all = [
        Variant::T2v,
        Variant::Ti2v,
        Variant::T2vA14b,
        Variant::I2vA14b,
    ];
    all.into_iter().find(|variant| {
        let alone = variant.boundary().is_none();
        variant.input_channels() == inputs
            && variant.latent_channels() == outputs
            && alone == (experts == 1)
    })
}
