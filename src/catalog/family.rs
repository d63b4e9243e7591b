//! Which of the Wan *families* a DiT belongs to, as its `config.json` tells.

use std::path::Path;

use serde::Deserialize;

use crate::disk;
use crate::error::{Error, Result};
use crate::job::variant::FUN_TYPES;
use crate::job::{Defaults, DitShape, Size, Variant};

/// The part of `config.json` that says what the model is.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "_class_name")]
    class: Option<String>,
    model_type: Option<String>,
    in_dim: Option<u32>,
    vace_in_dim: Option<u32>,
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
    if let Some(class) = config.class.filter(|class| !is_wan(class)) {
        return wrong(format!("belongs to a {class}, which is not a Wan model"));
    }
    let kind = config.vace_in_dim.map(|_| "vace".to_owned());
    let Some(kind) = kind.or(config.model_type) else {
        return wrong("is not the configuration of a Wan model: it has no model_type".into());
    };
    let all = Variant::ALL.into_iter();
    let all = all.filter(|variant| variant.experts() == experts);
    let is_called = |variant: &Variant| variant.types().contains(&kind.as_str());
    let mut candidates: Vec<_> = all.clone().filter(is_called).collect();
    if candidates.is_empty() {
        // Others call their models as they like; the channels of some tell them.
        let fits = |variant: &Variant| {
            variant.types() == FUN_TYPES && Some(variant.input_channels()) == config.in_dim
        };
        candidates.extend(all.filter(fits));
    }
    let Some(&usual) = candidates.first() else {
        return wrong(format!(
            "belongs to a Wan model of type {kind}, which is not supported: {} are",
            known()
        ));
    };
    let Some(channels) = config.in_dim else {
        return Ok(usual);
    };
    let found = candidates
        .into_iter()
        .find(|variant| variant.input_channels() == channels);
    match found {
        Some(variant) => Ok(variant),
        None => wrong(format!(
            "says that there are {channels} channels, but {} has {}",
            usual.name(),
            usual.input_channels()
        )),
    }
}

/// Whether a network of this class may be one of Wan's: `WanModel`, `VaceWanModel`, and what others made of these.
pub fn is_wan(class: &str) -> bool {
    class.starts_with("Wan") || class.starts_with("VaceWan")
}

/// What is wrong with a DiT that belongs to none.
pub fn unsupported() -> String {
    format!(
        "belongs to a Wan model of a kind that is not supported: {} are",
        known()
    )
}

/// The names of all families.
pub fn known() -> String {
    let names = Variant::ALL.map(Variant::name);
    let (last, others) = names.split_last().unwrap_or((&"none", &[]));
    format!("{} and {last}", others.join(", "))
}

/// The family of a DiT whose tensors show this, and which is one of `experts`.
pub fn by_shape(shape: DitShape, experts: usize) -> Option<Variant> {
    let fits = |variant: &Variant| variant.dit_shape() == shape && variant.experts() == experts;
    Variant::ALL.into_iter().find(fits)
}

/// The family of a model of this name: the tensors of Fun-A14B-InP are those of I2V-A14B, and only the name tells which.
pub fn named(variant: Variant, name: &str) -> Variant {
    let name = name.to_lowercase();
    let says = |word| name.contains(word);
    if variant == Variant::I2vA14b && says("fun") && says("inp") {
        Variant::FunInpA14b
    } else {
        variant
    }
}

/// How a model of this name is meant to be used: some were trained at two sizes, and only the name tells at which.
pub fn defaults(variant: Variant, name: &str) -> Defaults {
    let mut defaults = variant.defaults();
    if variant == Variant::I2v && name.to_lowercase().contains("720p") {
        defaults.size = Size::new(1280, 720);
    }
    defaults
}
