//! How far a job is.

use serde::Serialize;

/// The parts of a job, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Reading the prompt: text encoder.
    Text,
    /// Encoding the first frame.
    Image,
    /// Loading the DiT.
    Load,
    /// Denoising, a step at a time.
    Denoise,
    /// Decoding latents to frames, and writing them.
    Decode,
}

impl Stage {
    /// What the user reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Reading the prompt",
            Self::Image => "Reading the picture",
            Self::Load => "Loading the model",
            Self::Denoise => "Denoising",
            Self::Decode => "Decoding",
        }
    }
}

/// `done` of `of` units of a stage are finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The part of the job.
    pub stage: Stage,
    /// Finished units: text encoder layers, denoising steps, frames.
    pub done: usize,
    /// All units of this stage.
    pub of: usize,
}
