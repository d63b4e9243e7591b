//! From the prompts to the text features that the DiT reads, kept on disk: the same words with
//! another seed never read the encoder again.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use mlx_rs::{Array, memory};
use sha2::{Digest, Sha256};

use super::{Reporter, cache, tensor_file};
use crate::job::{Checkpoint, Guidance, Plan, Stage};
use crate::model::dit;
use crate::model::text::{self, Tokenizer};
use crate::weights::Weights;
use crate::{Error, Result};

/// The features of both prompts, (tokens, text width) each, float32.
pub struct TextEmbeds {
    /// Of what the video should show.
    pub prompt: Array,
    /// Of what it should not show; none when guidance is off.
    pub negative: Option<Array>,
}

/// Encodes the prompts of `plan`, or recalls them.
pub(super) fn read(plan: &Plan, reporter: &mut Reporter) -> Result<TextEmbeds> {
    let guided = plan.sampling.guidance != Guidance::both(1.0);
    let mut prompts = vec![plan.prompt.clone()];
    prompts.extend(guided.then(|| plan.negative.clone()));
    let mut features = of(&plan.checkpoint, &prompts, reporter)?;
    let negative = guided.then(|| features.pop()).flatten();
    let prompt = features.pop().ok_or_else(nothing)?;
    Ok(TextEmbeds { prompt, negative })
}

/// The features of one prompt, (tokens, text width), encoded or recalled.
pub(super) fn of_one(
    checkpoint: &Checkpoint,
    prompt: &str,
    reporter: &mut Reporter,
) -> Result<Array> {
    let features = of(checkpoint, &[prompt.to_owned()], reporter)?;
    features.into_iter().next().ok_or_else(nothing)
}

fn nothing() -> Error {
    Error::Other("The text encoder returned nothing".into())
}

/// The features of these prompts, (tokens, text width) each, encoded or recalled.
fn of(checkpoint: &Checkpoint, prompts: &[String], reporter: &mut Reporter) -> Result<Vec<Array>> {
    let prompts: Vec<_> = prompts.iter().map(|prompt| text::clean(prompt)).collect();
    let weights = Weights::open(&checkpoint.text_encoder)?;
    let tokenizer = &checkpoint.tokenizer;
    let length = text_length(checkpoint)?;
    let cache = EmbedCache::new(&weights, tokenizer, length)?;
    let remembered: Option<Vec<_>> = prompts.iter().map(|prompt| cache.recall(prompt)).collect();
    let features = if let Some(features) = remembered {
        features
    } else {
        let features = encode(&weights, tokenizer, &prompts, length, reporter)?;
        for (prompt, feature) in prompts.iter().zip(&features) {
            cache.keep(prompt, feature);
        }
        features
    };
    memory::clear_cache()?;
    Ok(features)
}

fn encode(
    weights: &Weights,
    tokenizer: &Path,
    prompts: &[String],
    length: usize,
    reporter: &mut Reporter,
) -> Result<Vec<Array>> {
    let tokenizer = Tokenizer::open(tokenizer)?;
    let tokens = prompts
        .iter()
        .map(|prompt| tokenizer.encode(prompt, length))
        .collect::<Result<Vec<_>>>()?;
    text::encode(weights, &tokens, |done, of| {
        reporter.step(Stage::Text, done, of)
    })
}

/// The number of tokens that the DiT takes.
fn text_length(checkpoint: &Checkpoint) -> Result<usize> {
    let dit = &checkpoint.dit;
    let config = dit::Config::of(dit.config.as_deref(), &Weights::open(&dit.weights)?)?;
    Ok(usize::try_from(config.text_len).unwrap_or(0))
}

/// Where features are kept, for one encoder and tokenizer.
pub(super) struct EmbedCache {
    folder: Option<PathBuf>,
    encoder: String,
}

const TENSOR: &str = "context";
/// To be counted up whenever the encoder comes to round differently: a video must not depend on when its words were
/// first encoded.
const EDITION: [u8; 1] = [2];

impl EmbedCache {
    fn new(weights: &Weights, tokenizer: &Path, length: usize) -> Result<Self> {
        let vocabulary = Tokenizer::source(tokenizer)?;
        let mut hash = Sha256::new();
        hash.update(weights.fingerprint()?);
        hash.update(vocabulary);
        hash.update(length.to_le_bytes());
        hash.update(EDITION);
        Ok(Self::of("text", hex(&hash.finalize())))
    }

    /// The folder of this name, for the encoder that a hash tells.
    pub(super) fn of(name: &str, encoder: String) -> Self {
        Self {
            folder: cache::folder().map(|folder| folder.join(name)),
            encoder,
        }
    }

    fn path(&self, prompt: &str) -> Option<PathBuf> {
        let mut hash = Sha256::new();
        hash.update(&self.encoder);
        hash.update(prompt);
        let name = format!("{}.safetensors", hex(&hash.finalize()));
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    /// Anything wrong with a kept file only means that the prompt is encoded again.
    pub(super) fn recall(&self, prompt: &str) -> Option<Array> {
        let path = self.path(prompt).filter(|path| path.is_file())?;
        let weights = Weights::open(&[path]).ok()?;
        weights.tensor(TENSOR, &weights.shape(TENSOR).ok()?).ok()
    }

    /// A full disk is no reason to stop: the features are only kept for later.
    pub(super) fn keep(&self, prompt: &str, features: &Array) {
        let Some(path) = self.path(prompt) else {
            return;
        };
        if path
            .parent()
            .is_some_and(|folder| fs::create_dir_all(folder).is_ok())
        {
            let _ = tensor_file::save(&path, TENSOR, features);
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
