//! MagCache: a pass that is saved adds to the tokens what the blocks added in the last one that was computed. The
//! embeddings before the blocks and the head after them are computed in any case.

use std::iter;

use mlx_rs::Array;

use super::super::experts::{Denoiser, Sight};
use super::Recall;
use crate::Result;
use crate::job::step_cache::{Phase, curve};
use crate::job::{self, Expert, Plan, Variant};

pub(super) struct MagCache {
    /// Of each step, whether the pass with the prompt is computed, and the one without it.
    pub(super) computed: Vec<[bool; 2]>,
    kept: [Option<Kept>; 2],
}

/// What a branch was given when it was computed last, and what came of it.
struct Kept {
    step: usize,
    latents: Array,
    /// (1, tokens, dim). It is hundreds of times as large as the latents, so that a run folder holds only these: a job
    /// that goes on computes it once more.
    residual: Option<Array>,
}

const LATENTS: [&str; 2] = ["latents", "latents.without"];

/// What the network was shown in an earlier step, whose latents these were.
type Again<'a> = dyn Fn(usize, &Array) -> Result<Sight> + 'a;

impl MagCache {
    pub(super) fn new(plan: &Plan, numbers: job::MagCache, timesteps: &[f64]) -> Self {
        let model = &plan.checkpoint;
        let is_high = |timestep: &&f64| plan.expert_at(**timestep).0 == Expert::HighNoise;
        let high = timesteps.iter().filter(is_high).count();
        let phase = match model.variant {
            Variant::T2vA14b | Variant::FunControlA14b | Variant::VaceA14b => Phase::Each(high),
            Variant::I2vA14b | Variant::FunInpA14b => Phase::LowOnly(high),
            _ => Phase::Single,
        };
        let curve = curve(model, plan.sources.image.is_some());
        Self {
            computed: numbers.computed(curve, timesteps.len(), phase),
            kept: [None, None],
        }
    }

    pub(super) fn forget(&mut self) {
        self.kept = [None, None];
    }

    /// The velocities, and which of both were computed.
    pub(super) fn velocities(
        &mut self,
        step: usize,
        latents: &Array,
        sight: &Sight,
        denoiser: &Denoiser,
        again: &Again,
    ) -> Result<(Vec<Array>, [bool; 2])> {
        let mut velocities = Vec::new();
        let mut computed = [false; 2];
        let branches = if sight.guided { 2 } else { 1 };
        for (branch, is_computed) in computed.iter_mut().enumerate().take(branches) {
            let kept = self.kept[branch].as_mut();
            let kept = kept.filter(|_| !self.computed[step][branch]);
            let velocity = if let Some(kept) = kept {
                let residual = kept.residual(branch, denoiser, again)?;
                denoiser.reusing(branch, sight, &residual)?
            } else {
                *is_computed = true;
                let (velocity, residual) = denoiser.with_residual(branch, sight)?;
                self.kept[branch] = Some(Kept {
                    step,
                    latents: latents.clone(),
                    residual: Some(residual),
                });
                velocity
            };
            velocities.push(velocity);
        }
        Ok((velocities, computed))
    }

    pub(super) fn memory(&self) -> Vec<(String, Array)> {
        let pairs = iter::zip(LATENTS, &self.kept);
        let named = pairs.filter_map(|(name, kept)| {
            let latents = kept.as_ref()?.latents.clone();
            Some((name.to_owned(), latents))
        });
        named.collect()
    }

    pub(super) fn restore(&mut self, computed: &[[bool; 2]], recall: &Recall) -> Result<()> {
        for (branch, name) in LATENTS.into_iter().enumerate() {
            let step = computed.iter().rposition(|step| step[branch]);
            let kept = step.zip(recall(name)?);
            self.kept[branch] = kept.map(|(step, latents)| Kept {
                step,
                latents,
                residual: None,
            });
        }
        Ok(())
    }
}

impl Kept {
    fn residual(&mut self, branch: usize, denoiser: &Denoiser, again: &Again) -> Result<Array> {
        if let Some(residual) = &self.residual {
            return Ok(residual.clone());
        }
        let sight = again(self.step, &self.latents)?;
        let (_, residual) = denoiser.with_residual(branch, &sight)?;
        Ok(self.residual.insert(residual).clone())
    }
}
