//! *Speedups* are what a video is made with so that it takes minutes instead of hours.

use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::refusal::refuse;
use super::{Checkpoint, FewSteps, Field, Guidance, Nag, Plan, Refusal, Sampler, StepCache};

/// All of them. In a request they may be words; in a plan they are numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Speedups {
    /// What few-step files set steps, sampler, shift and guidance. In a request nothing means that it is told by the
    /// files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<FewSteps>,
    /// The noise levels that the sampler visits.
    #[serde(skip_serializing_if = "Table::is_official")]
    pub table: Table,
    /// Which passes are taken over from an earlier step.
    #[serde(skip_serializing_if = "StepCache::is_off")]
    pub cache: StepCache,
    /// The share of the steps after which the pass without the prompt is left out.
    #[serde(skip_serializing_if = "is_one")]
    pub guidance_until: f64,
    /// Whether guidance is scaled to the projection of one pass on the other, and the first steps stand still: CFG-Zero*.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cfg_zero: bool,
    /// A negative prompt at a guidance scale of 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nag: Option<Nag>,
    /// Which VAE decodes.
    #[serde(skip_serializing_if = "Decode::is_full")]
    pub decode: Decode,
    /// The file of the tiny VAE that decodes a draft; the nearest one if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiny_vae: Option<PathBuf>,
}

/// Which VAE decodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decode {
    /// The model's own.
    #[default]
    Full,
    /// A tiny one: seconds instead of minutes, and a picture that is a little worse.
    Draft,
}

impl Decode {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_full(&self) -> bool {
        *self == Self::Full
    }
}

impl FromStr for Decode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "full" => Ok(Self::Full),
            "draft" => Ok(Self::Draft),
            _ => Err("videos are decoded full or as a draft".into()),
        }
    }
}

/// The noise levels that a sampler visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// The sampler's own.
    #[default]
    Official,
    /// Lightning's: evenly from pure noise, timesteps not rounded.
    Even,
    /// That of `FastWan` for the 5B.
    Warped,
    /// That of rCM for networks that begin at more noise.
    Steep,
}

impl Table {
    fn is_official(&self) -> bool {
        *self == Self::Official
    }
}

/// The passes of the network that a video took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// How many were computed.
    pub computed: u32,
    /// How many there would have been.
    pub of: u32,
    /// Of each step, whether the pass with the prompt was: 1 or 0.
    pub with: String,
    /// The same for the pass without it.
    pub without: String,
}

/// The share of the first steps that stand still with CFG-Zero*.
///
/// Fan et al., "CFG-Zero*" (arXiv 2503.18886), section 4.2.
const STILL: f64 = 0.04;

impl Default for Speedups {
    fn default() -> Self {
        Self {
            preset: None,
            table: Table::default(),
            cache: StepCache::default(),
            guidance_until: 1.0,
            cfg_zero: false,
            nag: None,
            decode: Decode::default(),
            tiny_vae: None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_one(share: &f64) -> bool {
    share.total_cmp(&1.0).is_eq()
}

impl Speedups {
    /// The tiny VAE, if that decodes.
    pub fn draft(&self) -> Option<&PathBuf> {
        self.tiny_vae
            .as_ref()
            .filter(|_| self.decode == Decode::Draft)
    }

    /// Whether there are none.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether they may save passes, so that it is worth telling how many.
    pub fn saves_passes(&self) -> bool {
        !self.cache.is_off() || !is_one(&self.guidance_until) || self.cfg_zero
    }

    /// The words as numbers, and whether they can work.
    ///
    /// # Errors
    /// The first that cannot.
    pub(super) fn resolved(
        &self,
        checkpoint: &Checkpoint,
        shift: f64,
        guidance: Guidance,
    ) -> Result<Self, Refusal> {
        self.check()?;
        if self.nag.is_some() && guidance != Guidance::both(1.0) {
            return refuse(
                Field::Guidance,
                "NAG brings a negative prompt to a guidance scale of 1: leave --nag out, or set --guidance 1",
            );
        }
        Ok(Self {
            cache: self.cache.resolved(checkpoint, shift)?,
            ..self.clone()
        })
    }

    /// Whether the numbers can work.
    ///
    /// # Errors
    /// The first that cannot.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let until = self.guidance_until;
        if until > 0.0 && until <= 1.0 {
            return Ok(());
        }
        refuse(
            Field::Guidance,
            format!(
                "Guidance until {until} of the steps cannot work: give a share above 0, up to 1"
            ),
        )
    }
}

/// More steps than a sampler has levels for cannot be taken.
pub(super) fn check_sampler(sampler: Sampler, steps: u32) -> Result<(), Refusal> {
    const MOST: u32 = 4;
    if sampler == Sampler::Rcm && steps > MOST {
        return refuse(
            Field::Steps,
            format!(
                "The sampler rcm takes at most {MOST} steps: ask for {MOST}, or choose another sampler"
            ),
        );
    }
    Ok(())
}

impl Plan {
    /// Whether guidance, where it is on, counts in a step, counted from 0.
    pub fn guides_at(&self, step: usize) -> bool {
        (step as f64) < self.speedups.guidance_until * f64::from(self.steps)
    }

    /// Whether the latents stand still in a step, counted from 0.
    pub fn is_still_at(&self, step: usize) -> bool {
        self.speedups.cfg_zero && (step as f64) < (STILL * f64::from(self.steps)).round()
    }
}
