//! A *component* is one network of a model in files of its own: what it is, its tensors tell.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::job::Expert;
use crate::weights::Weights;

/// One network.
#[derive(Clone, Debug)]
pub struct Component {
    /// One file, or all shards.
    pub files: Vec<PathBuf>,
    /// What it is.
    pub role: Role,
}

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It denoises.
    Dit {
        /// The channels that it sees.
        inputs: u32,
        /// The channels that it predicts.
        outputs: u32,
    },
    /// It reads the prompt.
    TextEncoder {
        /// Whether the tokenizer's vocabulary is in the file.
        vocabulary: bool,
    },
    /// It turns latents into pixels.
    Vae {
        /// The channels of a latent.
        channels: u32,
    },
}

impl Role {
    /// As it is called in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dit { .. } => "a DiT",
            Self::TextEncoder { .. } => "a text encoder",
            Self::Vae { .. } => "a VAE",
        }
    }
}

impl Component {
    /// The network in these files, from their headers.
    ///
    /// # Errors
    /// They cannot be read, or hold no network of Wan's.
    pub fn open(files: Vec<PathBuf>) -> Result<Self> {
        let weights = Weights::open(&files)?;
        if let Some(role) = role(&weights)? {
            return Ok(Self { files, role });
        }
        let place = files.into_iter().next().unwrap_or_default();
        let problem =
            "holds neither a DiT nor a text encoder nor a VAE of Wan's: choose another file";
        Err(Error::content(&place, problem))
    }

    /// Which expert it is, as its name tells; nothing else could.
    pub fn expert(&self) -> Option<Expert> {
        let path = self.files.first()?;
        let folder = path.parent().and_then(|folder| folder.file_name());
        let names = [path.file_name(), folder].into_iter().flatten();
        names
            .map(|name| name.to_string_lossy().to_lowercase())
            .find_map(|name| {
                let joined: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
                let says = |word: &str| {
                    joined.contains(&format!("{word}noise"))
                        || name
                            .split(|c: char| !c.is_ascii_alphanumeric())
                            .any(|part| part == word)
                };
                match (says("high"), says("low")) {
                    (true, false) => Some(Expert::HighNoise),
                    (false, true) => Some(Expert::LowNoise),
                    _ => None,
                }
            })
    }
}

fn role(weights: &Weights) -> Result<Option<Role>> {
    let size = |name: &str, axis: usize| -> Result<u32> {
        let shape = weights.shape(name)?;
        Ok(shape.get(axis).map_or(0, |side| side.unsigned_abs()))
    };
    Ok(
        if weights.has("patch_embedding.weight") && weights.has("blocks.0.self_attn.q.weight") {
            Some(Role::Dit {
                inputs: size("patch_embedding.weight", 1)?,
                outputs: size("head.head.weight", 0)? / 4,
            })
        } else if weights.has("token_embedding.weight") && weights.has("blocks.0.attn.q.weight") {
            let vocabulary = weights.has("spiece_model");
            Some(Role::TextEncoder { vocabulary })
        } else if weights.has("conv2.weight") && weights.has("decoder.conv1.weight") {
            Some(Role::Vae {
                channels: size("conv2.weight", 0)?,
            })
        } else {
            None
        },
    )
}
