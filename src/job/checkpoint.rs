//! A *checkpoint* is one installed model: which files it has and how it is meant to be used.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::refusal::refuse;
use super::{Defaults, Field, Refusal, Size, Variant};

/// The files of one model, none of them opened, and its recommended settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What people call it.
    pub name: String,
    /// The family it belongs to.
    pub variant: Variant,
    /// The folder that it was found in.
    pub root: PathBuf,
    /// The DiT, or of two the one for low noise.
    pub dit: Network,
    /// The DiT for high noise, where there are two.
    pub high_noise: Option<HighNoise>,
    /// The text encoder's weights.
    pub text_encoder: Vec<PathBuf>,
    /// The text encoder's tokenizer, or a file with its vocabulary inside.
    pub tokenizer: PathBuf,
    /// The weights of what reads pictures beside the text; none where nothing does.
    #[serde(default)]
    pub image_encoder: Vec<PathBuf>,
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

/// The files of one DiT.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Its configuration; without one, its tensors tell what it is.
    pub config: Option<PathBuf>,
    /// Its weights, one file or all shards.
    pub weights: Vec<PathBuf>,
}

/// The DiT that denoises while there is much noise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HighNoise {
    /// Its files.
    pub network: Network,
    /// The share of the timesteps from which up it is used.
    pub boundary: f64,
}

/// An *expert* is the DiT of one range of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expert {
    /// That for high noise, where there are two.
    HighNoise,
    /// That for low noise, or the only one.
    LowNoise,
}

impl Checkpoint {
    /// Whether the numbers of one that comes from a file can work.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let boundary = self.high_noise.as_ref().map(|high| high.boundary);
        if boundary.is_some_and(|boundary| !(0.0..=1.0).contains(&boundary)) {
            return refuse(
                Field::Guidance,
                "A boundary between two experts that is not from 0 to 1 cannot work",
            );
        }
        let channels = self.variant.latent_channels() as usize;
        match &self.latent_rgb {
            Some(map) if map.factors.len() != channels => refuse(
                Field::Size,
                format!(
                    "{} factors for {channels} channels cannot work",
                    map.factors.len()
                ),
            ),
            _ => Ok(()),
        }
    }

    /// Every expert and its files, that for high noise first.
    pub fn experts(&self) -> impl Iterator<Item = (Expert, &Network)> {
        let high = self.high_noise.iter();
        let high = high.map(|high| (Expert::HighNoise, &high.network));
        high.chain([(Expert::LowNoise, &self.dit)])
    }

    /// The shift for a video of this size, as the model is meant to be used.
    pub fn shift_for(&self, size: Size) -> f64 {
        let family = self.variant.defaults().shift;
        if self.defaults.shift.total_cmp(&family).is_eq() {
            self.variant.shift_for(size.area())
        } else {
            self.defaults.shift // the model folder's own
        }
    }

    /// The expert for a timestep, 0 to 1000, and its files.
    ///
    /// Wan2.2 `wan/text2video.py`, `WanT2V._prepare_model_for_timestep`.
    pub fn expert_at(&self, timestep: f64) -> (Expert, &Network) {
        match &self.high_noise {
            Some(high) if timestep >= high.boundary * 1000.0 => (Expert::HighNoise, &high.network),
            _ => (Expert::LowNoise, &self.dit),
        }
    }
}

/// A linear map from normalised latents to colours in [-1, 1], for previews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatentRgb {
    /// (channels, 3)
    pub factors: Vec<[f32; 3]>,
    /// (3)
    pub bias: [f32; 3],
}
