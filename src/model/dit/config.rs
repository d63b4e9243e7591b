//! The part of the network's shape that its tensors do not tell.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::disk;
use crate::weights::Weights;
use crate::{Error, Result};

/// What `config.json` says, the official one or that of Diffusers. Everything else follows from the
/// tensors' own shapes.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Attention heads.
    #[serde(alias = "num_attention_heads")]
    pub num_heads: i32,
    /// Blocks; the tensors tell them too.
    #[serde(default)]
    num_layers: Option<i64>,
    /// Added to variances before their roots are taken.
    #[serde(default = "default_eps")]
    pub eps: f32,
    /// Text features are padded with zeros to this many tokens.
    #[serde(default = "default_text_len")]
    pub text_len: i32,
    /// The blocks after which VACE's control is added; evenly spread when absent.
    #[serde(default)]
    pub vace_layers: Option<Vec<usize>>,
    #[serde(skip)]
    path: PathBuf,
}

fn default_eps() -> f32 {
    1e-6
}

fn default_text_len() -> i32 {
    512
}

/// The width of an attention head in every published network.
const HEAD_WIDTH: i32 = 128;

impl Config {
    /// Reads the file, which must tell of this network, or where there is none takes the network for one of the
    /// published ones.
    ///
    /// # Errors
    /// The file is no configuration, or that of another network.
    pub fn of(file: Option<&Path>, weights: &Weights) -> Result<Self> {
        let Some(path) = file else {
            return Self::published(weights);
        };
        let config = Self::read(path)?;
        let layers = weights.count("blocks");
        match config.num_layers {
            // A checkpoint that was cut short at a shard's end looks like that.
            Some(told) if told != layers as i64 => Err(Error::content(
                path,
                format!(
                    "says that there are {told} layers, but the weights have {layers}: bring all of the model's files \
                     again, or the configuration that belongs to them"
                ),
            )),
            _ => Ok(config),
        }
    }

    fn published(weights: &Weights) -> Result<Self> {
        let dim = weights.side("patch_embedding.weight", 0)?;
        if dim < HEAD_WIDTH || dim % HEAD_WIDTH != 0 {
            return Err(Error::Other(format!(
                "A width of {dim} is that of no published DiT: put the config.json of this one beside its file"
            )));
        }
        Ok(Self {
            num_heads: dim / HEAD_WIDTH,
            num_layers: None,
            eps: default_eps(),
            text_len: default_text_len(),
            vace_layers: None,
            path: PathBuf::new(),
        })
    }

    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = disk::read_text(path)?;
        let config: Self = serde_json::from_str(&text).map_err(|error| {
            Error::content(path, format!("is not a model configuration: {error}"))
        })?;
        Ok(Self {
            path: path.to_owned(),
            ..config
        })
    }

    /// Heads are of equal, even width.
    pub(super) fn check_heads(&self, dim: i32) -> Result<()> {
        if self.num_heads > 0 && dim % self.num_heads == 0 && dim / self.num_heads % 2 == 0 {
            return Ok(());
        }
        let problem = format!(
            "says that there are {} attention heads, which does not divide the width {dim} of the weights",
            self.num_heads
        );
        Err(Error::content(&self.path, problem))
    }
}
