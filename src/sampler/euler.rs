//! Euler: a straight line along the velocity.

use mlx_rs::Array;

use super::{Recall, Sampler, Schedule, weighted_sum};
use crate::error::Result;

/// Remembers nothing. It is not in the official code, so it walks UniPC's table unless a network was distilled for another.
#[derive(Clone, Debug)]
pub struct Euler {
    schedule: Schedule,
}

impl Euler {
    /// At the start of a schedule.
    pub fn new(schedule: Schedule) -> Self {
        Self { schedule }
    }
}

impl Sampler for Euler {
    fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    fn step(&mut self, i: usize, latents: &Array, velocity: &Array) -> Result<Array> {
        let (sigma, next) = self.schedule.interval(i)?;
        weighted_sum(&[(1.0, latents), (next - sigma, velocity)])
    }

    fn memory(&self) -> Vec<(&'static str, Array)> {
        Vec::new()
    }

    fn restore(&mut self, _next: usize, _recall: &Recall) -> Result<()> {
        Ok(())
    }
}
