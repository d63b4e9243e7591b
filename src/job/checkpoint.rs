//! A *checkpoint* is one installed model: which files it has and how it is meant to be used.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Defaults, Size, Variant};

/// The files of one model, none of them opened, and its recommended settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What people call it.
    pub name: String,
    /// The family it belongs to.
    pub variant: Variant,
    /// The folder that it was found in.
    pub root: PathBuf,
    /// The DiT's configuration.
    pub dit_config: PathBuf,
    /// The DiT's weights, one file or all shards.
    pub dit: Vec<PathBuf>,
    /// The text encoder's weights.
    pub text_encoder: Vec<PathBuf>,
    /// The text encoder's tokenizer.
    pub tokenizer: PathBuf,
    /// The VAE's weights.
    pub vae: Vec<PathBuf>,
    /// How it is meant to be used: the variant's defaults with the model folder's own on top.
    pub defaults: Defaults,
    /// The sizes that it was trained for, if the model folder says so.
    pub sizes: Vec<Size>,
    /// How its latents look as colours, if the model folder says so.
    pub latent_rgb: Option<LatentRgb>,
    /// Prompts that it does well, if the model folder gives some.
    pub examples: Vec<String>,
}

/// A linear map from normalised latents to colours in [-1, 1], for previews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatentRgb {
    /// (channels, 3)
    pub factors: Vec<[f32; 3]>,
    /// (3)
    pub bias: [f32; 3],
}
