//! The *official* layout: the folder as `Wan-AI/Wan2.2-TI2V-5B` publishes it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::job::{Checkpoint, Variant};
use crate::weights::shards;

const CONFIG: &str = "config.json";
const DIT: &str = "diffusion_pytorch_model";
const TOKENIZER: &str = "google/umt5-xxl/tokenizer.json";
const TEXT_ENCODER: &str = "models_t5_umt5-xxl-enc-bf16";

/// The name of the VAE's file without its ending.
fn vae(variant: Variant) -> &'static str {
    match variant {
        Variant::Ti2v => "Wan2.2_VAE",
    }
}

/// The part of `config.json` that says what the model is.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "_class_name")]
    class: Option<String>,
    model_type: Option<String>,
}

/// Recognises an official model folder.
///
/// # Errors
/// It is not one, or it is not complete.
pub fn open(folder: &Path) -> Result<Checkpoint> {
    let config = folder.join(CONFIG);
    if !config.is_file() {
        return Err(no_config(folder));
    }
    let variant = variant(&config)?;
    let parts = Parts::find(folder, variant)?;
    Ok(Checkpoint {
        name: name(folder, variant),
        variant,
        root: folder.to_owned(),
        dit_config: config,
        dit: shards::list(folder, DIT)?,
        text_encoder: vec![parts.text_encoder],
        tokenizer: parts.tokenizer,
        vae: vec![parts.vae],
        defaults: variant.defaults(),
        sizes: Vec::new(),
        latent_rgb: None,
        examples: Vec::new(),
    })
}

/// A folder without `config.json`: an incomplete model if anything else of one is there, or no
/// model.
fn no_config(folder: &Path) -> Error {
    let any = [DIT, TEXT_ENCODER, vae(Variant::Ti2v)]
        .into_iter()
        .any(|stem| weights_file(folder, stem).is_some())
        || folder
            .join(format!("{DIT}.safetensors.index.json"))
            .is_file();
    Error::content(
        folder,
        if any {
            "is not a complete model: config.json is missing; download the folder again"
        } else {
            "is not a model: choose a folder as downloaded from Wan-AI/Wan2.2-TI2V-5B, with config.json in it"
        },
    )
}

/// Which of the Wan models `config.json` describes.
fn variant(path: &Path) -> Result<Variant> {
    let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
    let config: Config = serde_json::from_str(&text).map_err(|error| {
        Error::content(
            path,
            format!("is not the configuration of a model: {error}"),
        )
    })?;
    if let Some(class) = config.class.filter(|class| class != "WanModel") {
        return Err(Error::content(
            path,
            format!("belongs to a {class}, which is not a Wan model"),
        ));
    }
    let Some(kind) = config.model_type else {
        return Err(Error::content(
            path,
            "is not the configuration of a Wan model: it has no model_type",
        ));
    };
    match kind.as_str() {
        "ti2v" => Ok(Variant::Ti2v),
        other => Err(Error::content(
            path,
            format!("belongs to a Wan model of type {other}, which is not supported yet: ti2v is"),
        )),
    }
}

/// The files beside the DiT.
struct Parts {
    tokenizer: PathBuf,
    text_encoder: PathBuf,
    vae: PathBuf,
}

impl Parts {
    fn find(folder: &Path, variant: Variant) -> Result<Self> {
        let tokenizer = Some(folder.join(TOKENIZER)).filter(|path| path.is_file());
        let text_encoder = weights_file(folder, TEXT_ENCODER);
        let vae_file = weights_file(folder, vae(variant));
        let dit = folder.join(format!("{DIT}.safetensors")).is_file()
            || folder
                .join(format!("{DIT}.safetensors.index.json"))
                .is_file();

        match (dit, tokenizer, text_encoder, vae_file) {
            (true, Some(tokenizer), Some(text_encoder), Some(vae)) => Ok(Self {
                tokenizer,
                text_encoder,
                vae,
            }),
            (dit, tokenizer, text_encoder, vae_file) => {
                let missing = [
                    (dit, format!("{DIT}.safetensors")),
                    (text_encoder.is_some(), format!("{TEXT_ENCODER}.pth")),
                    (tokenizer.is_some(), TOKENIZER.to_owned()),
                    (vae_file.is_some(), format!("{}.pth", vae(variant))),
                ];
                let missing: Vec<_> = missing
                    .into_iter()
                    .filter_map(|(found, name)| (!found).then_some(name))
                    .collect();
                Err(incomplete(folder, &missing))
            }
        }
    }
}

/// The weights of the given name, whether as published or converted.
fn weights_file(folder: &Path, stem: &str) -> Option<PathBuf> {
    ["pth", "safetensors"]
        .into_iter()
        .map(|ending| folder.join(format!("{stem}.{ending}")))
        .find(|path| path.is_file())
}

fn incomplete(folder: &Path, missing: &[String]) -> Error {
    let list = match missing {
        [] => return Error::content(folder, "is not a complete model"),
        [one] => format!("{one} is missing"),
        [others @ .., last] => format!("{} and {last} are missing", others.join(", ")),
    };
    Error::content(folder, format!("is not a complete model: {list}"))
}

/// The folder's own name, since that is how its owner knows the model.
fn name(folder: &Path, variant: Variant) -> String {
    let whole = folder.canonicalize();
    let name = whole.as_deref().unwrap_or(folder).file_name();
    name.map_or_else(
        || variant.name().into(),
        |name| name.to_string_lossy().into_owned(),
    )
}
