//! One word for how a video is made: as it comes out best, or sooner.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Checkpoint, FewSteps, Request, Size};

/// How soon a video is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speed {
    /// Every step is computed.
    #[default]
    Exact,
    /// Passes are saved that can hardly be seen.
    Balanced,
    /// With what is installed for this model, as soon as it can be.
    Fast,
}

/// One of the things that make a video sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Few-step LoRAs that are installed, and their steps.
    FewSteps(FewSteps, u32),
    /// A step cache that can hardly be seen.
    LightCache,
    /// A step cache that saves about half of the passes.
    StrongCache,
    /// A tiny VAE decodes.
    Draft,
}

impl Speed {
    /// All of them, the slowest first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Balanced, Self::Fast];
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Balanced => "balanced",
            Self::Fast => "fast",
        })
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = Self::ALL.into_iter();
        all.find(|speed| speed.to_string() == text)
            .ok_or_else(|| "the speeds are exact, balanced and fast".into())
    }
}

/// A video that takes longer makes it worth telling what the sooner ways would take.
pub const LONG: Duration = Duration::from_mins(5);

/// Asks for half of each side and half of the frames: an eighth of the work or less. Tells so in a line.
pub fn halve(request: &mut Request, model: &Checkpoint) -> String {
    let step = model.variant.alignment();
    let half = |size: Size| {
        let half = Size::new(size.width / 2, size.height / 2).aligned(step);
        Size::new(half.width.max(step), half.height.max(step))
    };
    let size = half(request.canvas.size.unwrap_or(model.defaults.size));
    request.canvas.size = Some(size);
    request.sources.max_area = request.sources.max_area.map(|area| area / 4);
    let stride = model.variant.vae_stride().0;
    let frames = request.canvas.frames.unwrap_or(model.defaults.frames);
    let frames = frames.saturating_sub(1) / stride / 2 * stride + 1;
    request.canvas.frames = Some(frames);
    format!(
        "A draft of about {size} and {frames} frames: at full size and length the same seed makes another video"
    )
}
