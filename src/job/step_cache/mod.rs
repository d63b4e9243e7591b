//! A *step cache* saves passes of the network: a step that would change little takes over what an earlier one computed.

mod curves;
mod level;
mod mag;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::refusal::refuse;
use super::{Checkpoint, Field, Refusal, Sampling};
pub use mag::{MagCache, Phase, curve};

/// Which passes are saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum StepCache {
    /// None.
    #[default]
    Off,
    /// As many as can hardly be seen, for this model.
    Balanced,
    /// About half of them, for this model.
    Fast,
    /// By how much the latents and the velocity change.
    ///
    /// H-EmbodVis/EasyCache at commit 5127804, `EasyCache4Wan2.1/easycache_generate.py`. `ComfyUI`'s node of that name
    /// measures otherwise: its thresholds are not these.
    EasyCache {
        /// The change that may add up before a step is computed again.
        threshold: f64,
        /// The first steps, which are always computed.
        first: u32,
    },
    /// By a curve that was measured once for the model.
    MagCache(MagCache),
}

/// What the authors of EasyCache compute in any case.
const FIRST: u32 = 10;

impl StepCache {
    /// Whether it saves nothing.
    pub fn is_off(&self) -> bool {
        *self == Self::Off
    }

    /// The cache itself where it was asked for by a word, and whether it can work with this model.
    ///
    /// # Errors
    /// There is no curve for this model at this shift.
    pub(super) fn resolved(
        self,
        checkpoint: &Checkpoint,
        sampling: &Sampling,
    ) -> Result<Self, Refusal> {
        match self {
            Self::Balanced | Self::Fast => Ok(level::of(self, checkpoint, sampling)),
            Self::MagCache(_) if !mag::fits(checkpoint, sampling.shift) => {
                let instead = "use --cache easycache=0.05, which needs none";
                let shift = checkpoint.variant.defaults().shift;
                refuse(
                    Field::Shift,
                    format!(
                        "MagCache's curve for this model was measured at shift {shift}: use that, or {instead}"
                    ),
                )
            }
            other => Ok(other),
        }
    }
}

impl fmt::Display for StepCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Balanced => f.write_str("balanced"),
            Self::Fast => f.write_str("fast"),
            Self::EasyCache { threshold, first } => write!(f, "easycache={threshold},{first}"),
            Self::MagCache(MagCache { error, skips, keep }) => {
                write!(f, "magcache={error},{skips},{keep}")
            }
        }
    }
}

impl FromStr for StepCache {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            "give off, balanced, fast, easycache=THRESHOLD[,FIRST] or magcache=ERROR,SKIPS,KEEP";
        let positive = |text: &str| {
            let number: Option<f64> = text.parse().ok();
            number.filter(|number| number.is_finite() && *number > 0.0)
        };
        let parse = || match text.split_once('=') {
            None => match text {
                "off" => Some(Self::Off),
                "balanced" => Some(Self::Balanced),
                "fast" => Some(Self::Fast),
                _ => None,
            },
            Some(("easycache", rest)) => {
                let (threshold, first) = match rest.split_once(',') {
                    None => (rest, FIRST),
                    Some((threshold, first)) => (threshold, first.parse().ok()?),
                };
                let threshold = positive(threshold)?;
                Some(Self::EasyCache { threshold, first })
            }
            Some(("magcache", rest)) => {
                let mut parts = rest.split(',');
                let (error, skips, keep) = (parts.next()?, parts.next()?, parts.next()?);
                let cache = MagCache {
                    error: positive(error)?,
                    skips: skips.parse().ok()?,
                    keep: keep
                        .parse()
                        .ok()
                        .filter(|keep| (0.0..=1.0).contains(keep))?,
                };
                parts.next().is_none().then_some(Self::MagCache(cache))
            }
            Some(_) => None,
        };
        parse().ok_or_else(|| wrong.into())
    }
}

impl From<StepCache> for String {
    fn from(cache: StepCache) -> Self {
        cache.to_string()
    }
}

impl TryFrom<String> for StepCache {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
