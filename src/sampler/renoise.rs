//! Samplers of distilled networks: each step goes all the way to the clean latents, and then back to the next level with
//! noise that is new.

use mlx_rs::Array;

use super::{Recall, Sampler, Schedule, noise, weighted_sum};
use crate::error::Result;

/// Remembers nothing: the noise of each step is drawn from the seed and the step's number, so that a run which goes on
/// later draws the same.
///
/// DMD: hao-ai-lab/FastVideo at commit 2f3d407, `fastvideo/pipelines/stages/denoising.py`, `DmdDenoisingStage`. LCM:
/// `ComfyUI` at commit a125cd8, `comfy/k_diffusion/sampling.py`, `sample_lcm`. rCM: thu-ml/TurboDiffusion at commit
/// aaecff5, `turbodiffusion/inference/wan2.1_t2v_infer.py`. They differ in their schedules.
pub struct Renoise {
    schedule: Schedule,
    source: NoiseSource,
    /// What the starting noise is multiplied by.
    strength: f64,
}

/// Draws the noise of a step, in these axes.
type NoiseSource = Box<dyn Fn(usize, &[i32]) -> Array>;

impl Renoise {
    /// At the start of a schedule.
    pub fn new(schedule: Schedule, seed: u64) -> Self {
        Self::with(schedule, move |step, shape| {
            noise(seed_of(seed, step), shape)
        })
    }

    /// The same, from noise that is only as strong as the schedule's first level: so rCM begins.
    pub fn from_less(schedule: Schedule, seed: u64) -> Self {
        let strength = schedule.sigmas.first().copied().unwrap_or(1.0);
        Self {
            strength,
            ..Self::new(schedule, seed)
        }
    }

    /// At the start of a schedule, with noise of this shape after each step from elsewhere.
    pub fn with(schedule: Schedule, source: impl Fn(usize, &[i32]) -> Array + 'static) -> Self {
        Self {
            schedule,
            source: Box::new(source),
            strength: 1.0,
        }
    }
}

impl Sampler for Renoise {
    fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    fn begin(&self, noise: Array) -> Result<Array> {
        weighted_sum(&[(self.strength, &noise)])
    }

    fn step(&mut self, i: usize, latents: &Array, velocity: &Array) -> Result<Array> {
        let (_, next) = self.schedule.interval(i)?;
        let clean = self.clean(i, latents, velocity)?;
        if next <= 0.0 {
            return Ok(clean);
        }
        let fresh = (self.source)(i, latents.shape());
        weighted_sum(&[(1.0 - next, &clean), (next, &fresh)])
    }

    fn memory(&self) -> Vec<(&'static str, Array)> {
        Vec::new()
    }

    fn restore(&mut self, _next: usize, _recall: &Recall) -> Result<()> {
        Ok(())
    }
}

/// The seed of the noise after a step. The generator takes 32 bits, so both numbers are mixed into those, by the
/// finaliser of splitmix64: neighbouring seeds and steps have nothing in common.
fn seed_of(seed: u64, step: usize) -> u64 {
    let mut mixed = (seed << 32 ^ (step as u64 + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) >> 32
}
