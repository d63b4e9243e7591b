//! The generation settings: what can be asked of a video, each setting in one place.
//!
//! They come in groups. A group is a struct that the command line parses, the form edits, and files keep;
//! where "as the model recommends" is an answer, it has a twin in which every value is filled in, and
//! `resolve` leads from the one to the other. A [`Request`] is all groups as asked, a [`Plan`](super::Plan)
//! all groups as done, and a [`GenerationInfo`](super::GenerationInfo) those that decide what the video
//! shows.
//!
//! # How to add a setting
//!
//! 1. Find its group: what the video shows at which size ([`canvas`]), how it is denoised ([`sampling`]), from
//!    which files ([`sources`]), in which types ([`compute`]), or what this machine makes of it ([`outputs`],
//!    [`Limits`]). Add the field there: its doc comment is the help text, `#[arg]` the option, the field's name
//!    the key in files. With `#[serde(default)]` older files still read.
//! 2. In a group with a twin the compiler asks for it in `resolve` and on the way back (`From`). Check it in the
//!    group's `check`, if not every value works, and name it in the group's `lines`, for `zoetrope info`.
//! 3. Give it a control in `view/compose/` and its words in `view/strings/`.
//!
//! Request, plan, metadata, `--json`, run folders, records and preferences then have it.

pub mod canvas;
pub mod compute;
pub mod guides;
pub mod outputs;
pub mod sampling;
pub mod sources;

use serde::{Deserialize, Serialize};

use super::Speedups;
use super::plain_text::is_blank;

pub use canvas::{Canvas, CanvasRequest};
pub use compute::{Compute, Limits};
pub use guides::{Found, Guides};
pub use outputs::Outputs;
pub use sampling::{Guidance, Sampling, SamplingRequest};
pub use sources::Sources;

/// A setting as `zoetrope info` shows it: its name and its value.
pub type Line = (&'static str, String);

/// What was asked for: exactly what the form or the command line holds, nothing filled in, nothing checked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// What the video should show.
    pub prompt: String,
    /// What it should not show.
    pub negative: Negative,
    /// Pictures, LoRAs and noise.
    #[serde(flatten)]
    pub sources: Sources,
    /// A video to follow or to change, and references.
    #[serde(flatten)]
    pub guides: Guides,
    /// Size and length.
    #[serde(flatten)]
    pub canvas: CanvasRequest,
    /// How it is denoised.
    #[serde(flatten)]
    pub sampling: SamplingRequest,
    /// What makes it fast.
    #[serde(flatten)]
    pub speedups: Speedups,
    /// The types to compute in.
    #[serde(flatten)]
    pub compute: Compute,
    /// What is written besides, and how well.
    #[serde(flatten)]
    pub outputs: Outputs,
    /// What the job may take of the machine.
    #[serde(flatten)]
    pub limits: Limits,
}

/// The negative prompt of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Negative {
    /// The model's own.
    #[default]
    Default,
    /// None: guidance compares with an empty prompt.
    Empty,
    /// This text.
    Text(String),
}

impl Negative {
    /// The text for a model with this one of its own.
    pub(super) fn resolve(&self, models: &str) -> String {
        match self {
            Self::Default => models.to_owned(),
            Self::Text(text) if !is_blank(text) => text.clone(),
            Self::Empty | Self::Text(_) => String::new(),
        }
    }
}

/// A text that was compared with: given again, it does not depend on the model.
impl From<String> for Negative {
    fn from(text: String) -> Self {
        match text {
            empty if empty.is_empty() => Self::Empty,
            text => Self::Text(text),
        }
    }
}
