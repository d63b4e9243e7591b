//! From the prompts to the text features that the DiT reads, kept on disk: the same words with
//! another seed never read the encoder again.

use std::path::Path;

use mlx_rs::{Array, memory};

use super::Reporter;
use super::embed_cache::EmbedCache;
use super::kept::{self, Key};
use crate::job::{Checkpoint, Guidance, Plan, Problem, Stage};
use crate::model::dit;
use crate::model::text::{self, Tokenizer};
use crate::weights::{NetworkKind, Weights};
use crate::{Error, Result};

/// The features of both prompts, (tokens, text width) each, float32.
pub struct TextEmbeds {
    /// Of what the video should show.
    pub prompt: Array,
    /// Of what it should not show; none when nothing looks at it.
    pub negative: Option<Array>,
}

/// A prompt of which the model does not read the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutPrompt {
    /// Whether it is the one of what the video should not show.
    pub is_negative: bool,
    /// How many tokens the model reads.
    pub tokens: usize,
    /// What it does not read.
    pub end: String,
}

/// The prompts of `plan` that are longer than its model reads. Without a long prompt no file is read but headers.
///
/// # Errors
/// The tokenizer or the DiT's header cannot be read.
pub fn cut_prompts(plan: &Plan) -> Result<Vec<CutPrompt>> {
    let mut prompts = vec![(false, plan.prompt.as_str())];
    // The authors' own is no surprise.
    if is_guided(plan) && plan.negative != plan.checkpoint.defaults.negative_prompt {
        prompts.push((true, plan.negative.as_str()));
    }
    let tokens = text_length(&plan.checkpoint)?;
    // A token is a letter at least, two stand at the ends; only other scripts have letters that stand for many.
    let may_be_cut = |text: &str| !text.is_ascii() || text.len() + 2 > tokens;
    prompts.retain(|(_, text)| may_be_cut(text));
    if prompts.is_empty() {
        return Ok(Vec::new());
    }
    let tokenizer = Tokenizer::open(&plan.checkpoint.tokenizer)?;
    let mut cut = Vec::new();
    for (is_negative, text) in prompts {
        let text = text::clean(text);
        cut.extend(tokenizer.cut_off(&text, tokens)?.map(|end| CutPrompt {
            is_negative,
            tokens,
            end: end.to_owned(),
        }));
    }
    Ok(cut)
}

fn is_guided(plan: &Plan) -> bool {
    plan.sampling.guidance != Guidance::both(1.0) || plan.speedups.nag.is_some()
}

/// Encodes the prompts of `plan`, or recalls them.
pub(super) fn read(plan: &Plan, reporter: &mut Reporter) -> Result<TextEmbeds> {
    let guided = is_guided(plan);
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
    Problem::Defect("the text encoder returned nothing".into()).into()
}

/// The features of these prompts, (tokens, text width) each, encoded or recalled.
fn of(checkpoint: &Checkpoint, prompts: &[String], reporter: &mut Reporter) -> Result<Vec<Array>> {
    let prompts: Vec<_> = prompts.iter().map(|prompt| text::clean(prompt)).collect();
    let keys: Vec<_> = prompts
        .iter()
        .map(|prompt| Key::text(checkpoint, prompt))
        .collect();
    let kept = keys.iter().map(|key| kept::features(key.as_ref()?));
    if let Some(features) = kept.collect() {
        return Ok(features);
    }
    kept::make_room(Stage::Text, None);
    let weights = Weights::open_kind(&checkpoint.text_encoder, NetworkKind::TextEncoder)?;
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
    for (key, feature) in keys.into_iter().zip(&features) {
        if let Some(key) = key {
            kept::keep_features(key, feature);
        }
    }
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
