//! A *style* is a named set of settings, kept as a file of its own that can be given to others: everything that decides how
//! videos look, and nothing of what one of them shows.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{CanvasRequest, Compute, Lora, Negative, Request, SamplingRequest, Speedups};

/// Stands for what is in the prompt already.
const PROMPT: &str = "{prompt}";

/// A named set of settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// What the file is about.
    pub format: String,
    /// What is written around a prompt, as in "{prompt}, hand-drawn, soft light"; nothing if it stays as it is.
    pub prompt: Option<String>,
    /// What videos should not show.
    pub negative: Negative,
    /// The LoRAs.
    pub loras: Vec<Lora>,
    /// Size and length.
    pub canvas: CanvasRequest,
    /// How they are denoised, whatever the seed.
    pub sampling: SamplingRequest,
    /// What makes them sooner.
    pub speedups: Speedups,
    /// The types that are computed in.
    pub compute: Compute,
}

impl Style {
    /// What the files say that they are.
    pub const FORMAT: &str = "zoetrope style 1";

    /// The settings of a request, with what is written around prompts.
    pub fn of(request: &Request, prompt: &str) -> Self {
        let prompt = prompt.trim();
        Self {
            format: Self::FORMAT.into(),
            prompt: Some(prompt.to_owned()).filter(|it| !it.is_empty() && it != PROMPT),
            negative: request.negative.clone(),
            loras: request.sources.loras.clone(),
            canvas: request.canvas.clone(),
            sampling: SamplingRequest {
                seed: None,
                ..request.sampling.clone()
            },
            speedups: request.speedups.clone(),
            compute: request.compute,
        }
    }

    /// Puts the settings into a request. LoRAs that are not `there` are left out, and told.
    pub fn apply(&self, request: &mut Request, there: impl Fn(&Lora) -> bool) -> Vec<PathBuf> {
        if let Some(around) = &self.prompt {
            request.prompt = if around.contains(PROMPT) {
                around.replace(PROMPT, &request.prompt)
            } else {
                format!("{}, {around}", request.prompt)
            };
        }
        let (found, missing): (Vec<Lora>, Vec<Lora>) = self.loras.iter().cloned().partition(there);
        request.negative = self.negative.clone();
        request.sources.loras = found;
        request.canvas = self.canvas.clone();
        request.sampling = SamplingRequest {
            seed: request.sampling.seed,
            ..self.sampling.clone()
        };
        request.speedups = self.speedups.clone();
        request.compute = self.compute;
        missing.into_iter().map(|lora| lora.file).collect()
    }
}
