//! How a video is denoised.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::Line;
use crate::job::noise_levels::check_levels;
use crate::job::{Checkpoint, Expert, OutOfRange, Refusal, Sampler, Size, new_seed};

/// How a video is denoised, as asked: `None` is what the model recommends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Sampling")]
#[serde(default)]
pub struct SamplingRequest {
    /// Number of denoising steps
    #[arg(long, value_name = "N")]
    pub steps: Option<u32>,

    /// Sampler that takes the denoising steps
    #[arg(long, value_name = Sampler::USAGE)]
    pub sampler: Option<Sampler>,

    /// Guidance (CFG) scale, or LOW,HIGH for the low- and high-noise experts
    #[arg(long, value_name = "G|LOW,HIGH", allow_hyphen_values = true)]
    pub guidance: Option<Guidance>,

    /// Timestep shift; higher spends more steps at high noise
    #[arg(long, value_name = "S")]
    pub shift: Option<f64>,

    /// Seed; the same seed and settings make the same video [default: random, and so is -1]
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub seed: Option<u64>,
}

/// How a video is denoised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Denoising steps.
    pub steps: u32,
    /// The sampler.
    pub sampler: Sampler,
    /// The guidance (CFG) scale.
    pub guidance: Guidance,
    /// The timestep shift: higher spends more steps at high noise.
    pub shift: f64,
    /// The seed of the starting noise.
    pub seed: u64,
}

impl SamplingRequest {
    /// Fills in what the model recommends for a video of this size, and `seed` where none is given.
    ///
    /// # Errors
    /// The first value that cannot work, with what would.
    pub(in crate::job) fn resolve(
        &self,
        checkpoint: &Checkpoint,
        size: Size,
        seed: u64,
    ) -> Result<Sampling, Refusal> {
        let defaults = &checkpoint.defaults;
        let sampling = Sampling {
            steps: self.steps.unwrap_or(defaults.steps),
            sampler: self.sampler.unwrap_or(defaults.sampler),
            guidance: self.guidance.unwrap_or(defaults.guidance),
            shift: self.shift.unwrap_or_else(|| checkpoint.shift_for(size)),
            seed: self.seed.unwrap_or(seed),
        };
        sampling.check()?;
        if let Some(guidance) = self.guidance {
            guidance.check(checkpoint)?;
        }
        Ok(sampling)
    }
}

impl From<Sampling> for SamplingRequest {
    fn from(sampling: Sampling) -> Self {
        let Sampling {
            steps,
            sampler,
            guidance,
            shift,
            seed,
        } = sampling;
        Self {
            steps: Some(steps),
            sampler: Some(sampler),
            guidance: Some(guidance),
            shift: Some(shift),
            seed: Some(seed),
        }
    }
}

impl Sampling {
    /// # Errors
    /// The first value that cannot work, with what would.
    pub(in crate::job) fn check(&self) -> Result<(), Refusal> {
        let Self { steps, shift, .. } = *self;
        if !(1..=1000).contains(&steps) {
            return Err(OutOfRange::Steps(steps).into());
        }
        if !(shift.is_finite() && shift > 0.0) {
            return Err(OutOfRange::Shift(shift).into());
        }
        check_levels(shift, steps, self.sampler)
    }

    /// For `zoetrope info`.
    pub(in crate::job) fn lines(&self) -> Vec<Line> {
        vec![
            ("Steps", format!("{} of {}", self.steps, self.sampler)),
            ("Guidance", self.guidance.to_string()),
            ("Shift", self.shift.to_string()),
            ("Seed", self.seed.to_string()),
        ]
    }
}

/// The guidance scale, for the two noise ranges of models with two experts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "[f64; 2]", from = "[f64; 2]")]
pub struct Guidance {
    /// For low noise; the only one where there is one network.
    pub low: f64,
    /// For high noise.
    pub high: f64,
}

impl Guidance {
    /// The scale for one expert.
    pub fn of(self, expert: Expert) -> f64 {
        match expert {
            Expert::HighNoise => self.high,
            Expert::LowNoise => self.low,
        }
    }

    /// The same scale everywhere.
    pub const fn both(scale: f64) -> Self {
        Self {
            low: scale,
            high: scale,
        }
    }
}

impl From<[f64; 2]> for Guidance {
    fn from([low, high]: [f64; 2]) -> Self {
        Self { low, high }
    }
}

impl From<Guidance> for [f64; 2] {
    fn from(guidance: Guidance) -> Self {
        [guidance.low, guidance.high]
    }
}

impl fmt::Display for Guidance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = *self;
        if low.total_cmp(&high).is_eq() {
            write!(f, "{low}")
        } else {
            write!(f, "{low},{high}")
        }
    }
}

impl FromStr for Guidance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let value: f64 = part.trim().parse().ok()?;
            value.is_finite().then_some(value)
        };
        match text.split_once(',') {
            None => number(text).map(Self::both),
            Some((low, high)) => number(low)
                .zip(number(high))
                .map(|(low, high)| Self { low, high }),
        }
        .ok_or_else(|| "give one number, or two as in 3.0,4.0 (low noise, high noise)".into())
    }
}

impl Guidance {
    /// Whether the scales are numbers, and not two where there is one network.
    pub(in crate::job) fn check(self, checkpoint: &Checkpoint) -> Result<(), Refusal> {
        let Self { low, high } = self;
        if !(low.is_finite() && high.is_finite()) {
            return Err(Refusal::GuidanceNotFinite);
        }
        if checkpoint.high_noise.is_none() && low.total_cmp(&high).is_ne() {
            return Err(Refusal::GuidanceForTwo(self));
        }
        Ok(())
    }
}

/// A seed; -1 asks other programs for a new one, so it does here.
fn seed(text: &str) -> Result<u64, String> {
    match text.trim() {
        "-1" => Ok(new_seed()),
        text => text.parse().map_err(|_| {
            "give a whole number from 0 to 18446744073709551615, or leave it out for a new one"
                .into()
        }),
    }
}
