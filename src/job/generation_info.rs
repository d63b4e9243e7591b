//! What a finished video says about itself: how it was made, without this machine's files, so that anybody
//! who has the video can ask for it again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::params::Line;
use super::{
    Canvas, Checkpoint, Compute, Guides, Passes, Plan, Request, Sampling, Sources, Speedups,
    Variant,
};

/// The program and the model that made a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The program that made the video.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The model's name.
    pub model: String,
    /// The family it belongs to.
    pub variant: Variant,
}

/// Everything that decides what a video shows. Of the files, only their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GenerationInfo {
    /// Who made it.
    #[serde(flatten)]
    pub origin: Origin,
    /// What the video should show.
    pub prompt: String,
    /// What it should not show; empty if that was compared with nothing.
    pub negative: String,
    /// The pictures, LoRAs and noise.
    #[serde(flatten)]
    pub sources: Sources,
    /// The video that led, and references.
    #[serde(flatten)]
    pub guides: Guides,
    /// Size and length.
    #[serde(flatten)]
    pub canvas: Canvas,
    /// How it was denoised.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// What made it fast.
    #[serde(flatten)]
    pub speedups: Speedups,
    /// The passes of the network that it took, where some may have been saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passes: Option<Passes>,
    /// The finished steps, where the job was stopped before the last one and what there was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_after: Option<u32>,
    /// The types it was computed in.
    #[serde(flatten)]
    pub compute: Compute,
}

/// What can be said of a video that was decoded from latents when nothing is known of their making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecodedInfo {
    /// Who decoded it.
    #[serde(flatten)]
    pub origin: Origin,
    /// Size and length.
    #[serde(flatten)]
    pub canvas: Canvas,
}

/// What a video says about itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum VideoInfo {
    /// It was made from a prompt.
    Generated(Box<GenerationInfo>),
    /// It was decoded from latents of which nothing is known.
    Decoded(DecodedInfo),
}

impl Origin {
    /// This program, with this model.
    pub(super) fn of(checkpoint: &Checkpoint) -> Self {
        Self {
            program: "Zoetrope".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            model: checkpoint.name.clone(),
            variant: checkpoint.variant,
        }
    }

    fn model_line(&self) -> Line {
        let Self { model, variant, .. } = self;
        ("Model", format!("{model} ({})", variant.name()))
    }

    fn program_line(&self) -> Line {
        ("Made by", format!("{} {}", self.program, self.version))
    }
}

impl GenerationInfo {
    /// As metadata holds it.
    pub fn to_json(&self) -> String {
        // Plain strings and numbers: there is nothing that JSON could refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From metadata.
    ///
    /// # Errors
    /// What in `json` is not as [`to_json`](Self::to_json) writes it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    /// Every setting, as `zoetrope info` shows them.
    pub fn lines(&self) -> Vec<Line> {
        let negative = match self.negative.as_str() {
            "" => "(none)".into(),
            text => text.to_owned(),
        };
        let stopped = self.stopped_after.map(|step| format!("step {step}"));
        let mut lines = vec![
            ("Prompt", self.prompt.clone()),
            ("Negative prompt", negative),
        ];
        lines.extend(self.sources.lines());
        lines.extend(self.guides.lines());
        lines.push(self.origin.model_line());
        lines.extend(self.canvas.lines());
        lines.extend(self.sampling.lines());
        lines.extend(self.speedups.lines());
        lines.extend(self.passes.as_ref().map(Passes::line));
        lines.extend(stopped.map(|step| ("Stopped after", step)));
        lines.extend(self.compute.lines());
        lines.push(self.origin.program_line());
        lines
    }
}

/// The request that leads to the same video, with every number given. The pictures, noise and LoRA files are
/// named without their folders.
impl From<GenerationInfo> for Request {
    fn from(info: GenerationInfo) -> Self {
        Self {
            prompt: info.prompt,
            negative: info.negative.into(),
            sources: info.sources,
            guides: info.guides,
            canvas: info.canvas.into(),
            sampling: info.sampling.into(),
            speedups: info.speedups,
            compute: info.compute,
            ..Self::default()
        }
    }
}

impl VideoInfo {
    /// As metadata holds it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From metadata.
    ///
    /// # Errors
    /// What in `json` is not as [`to_json`](Self::to_json) writes it.
    pub fn from_json(json: &str) -> Result<Self, String> {
        let read = || {
            let json: Value = serde_json::from_str(json)?;
            Ok(match json.get("prompt") {
                Some(_) => Self::Generated(serde_json::from_value(json)?),
                None => Self::Decoded(serde_json::from_value(json)?),
            })
        };
        read().map_err(|error: serde_json::Error| error.to_string())
    }

    /// Everything that is known, as `zoetrope info` shows it.
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Generated(info) => info.lines(),
            Self::Decoded(DecodedInfo { origin, canvas }) => {
                let mut lines = vec![origin.model_line()];
                lines.extend(canvas.lines());
                lines.push((
                    "Decoded by",
                    format!("{} {}", origin.program, origin.version),
                ));
                lines
            }
        }
    }
}

impl Plan {
    /// What the finished video says about itself.
    pub fn info(&self) -> GenerationInfo {
        GenerationInfo {
            origin: Origin::of(&self.checkpoint),
            prompt: self.prompt.clone(),
            negative: self.negative.clone(),
            sources: self.sources.without_folders(),
            guides: self.guides.without_folders(),
            canvas: self.canvas,
            sampling: self.sampling.clone(),
            speedups: self.speedups.without_folders(),
            passes: None,
            stopped_after: None,
            compute: self.compute,
        }
    }
}
