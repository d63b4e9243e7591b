//! DPM-Solver++ of order 2, multistep, midpoint: each step also looks at the clean latents of the
//! step before.

use mlx_rs::Array;

use super::schedule::log_snr;
use super::{Recall, Sampler, Schedule, weighted_sum};
use crate::error::Result;

/// Wan2.2 `wan/utils/fm_solvers.py`, `FlowDPMSolverMultistepScheduler` with its defaults.
#[derive(Clone, Debug)]
pub struct DpmPp {
    schedule: Schedule,
    /// The clean latents that the step before predicted.
    before: Option<Array>,
}

/// The name of what it remembers.
const BEFORE: &str = "before";

impl DpmPp {
    /// At the start of a schedule.
    pub fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            before: None,
        }
    }

    /// How much of the change since the step before is carried into step `i`: half the ratio of the
    /// two steps' lengths in log-SNR, nothing where the step before began at pure noise (it was
    /// infinitely long).
    fn carried(&self, i: usize) -> Result<f64> {
        let (sigma, next) = self.schedule.interval(i)?;
        let (earlier, _) = self.schedule.interval(i.wrapping_sub(1))?;
        let now = log_snr(sigma);
        Ok(0.5 * (log_snr(next) - now) / (now - log_snr(earlier)))
    }
}

impl Sampler for DpmPp {
    fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    fn step(&mut self, i: usize, latents: &Array, velocity: &Array) -> Result<Array> {
        let (sigma, next) = self.schedule.interval(i)?;
        let clean = self.clean(i, latents, velocity)?;
        // alpha * (1 - exp(-h)), where h is the step's length in log-SNR; at the end of the
        // schedule h is infinite.
        let pull = (1.0 - next) * -(log_snr(sigma) - log_snr(next)).exp_m1();
        let after = match &self.before {
            Some(before) if i > 0 && next > 0.0 => {
                let carried = pull * self.carried(i)?;
                weighted_sum(&[
                    (next / sigma, latents),
                    (pull + carried, &clean),
                    (-carried, before),
                ])?
            }
            _ => weighted_sum(&[(next / sigma, latents), (pull, &clean)])?,
        };
        self.before = Some(clean);
        Ok(after)
    }

    fn memory(&self) -> Vec<(&'static str, Array)> {
        self.before
            .iter()
            .map(|before| (BEFORE, before.clone()))
            .collect()
    }

    fn restore(&mut self, next: usize, recall: &Recall) -> Result<()> {
        self.before = (next > 0).then(|| recall(BEFORE)).transpose()?;
        Ok(())
    }
}
