//! From noise to latents, one step at a time.
//!
//! A *sampler* follows a [`Schedule`] from pure noise (sigma near 1) down to the clean latents
//! (sigma 0). At each step it takes the velocity that the network predicts for the present latents
//! and returns the next latents. Under the flow `x = (1 - sigma) * clean + sigma * noise` the
//! velocity is `noise - clean`.

mod dpmpp;
mod euler;
mod noise;
mod renoise;
mod schedule;
mod unipc;

use mlx_rs::{Array, Dtype};

use crate::error::{Error, Result};
use crate::job;

pub use dpmpp::DpmPp;
pub use euler::Euler;
pub use noise::noise;
pub use renoise::Renoise;
pub use schedule::Schedule;
pub use unipc::UniPc;

/// A sampler's memory, by name.
pub type Recall<'a> = dyn Fn(&str) -> Result<Array> + 'a;

/// One way of walking down a schedule; what it remembers of earlier steps is its own business.
pub trait Sampler {
    /// Where the walk goes.
    fn schedule(&self) -> &Schedule;

    /// What the first step begins with.
    fn begin(&self, noise: Array) -> Result<Array> {
        Ok(noise)
    }

    /// From the latents before step `i` and the network's velocity there to the latents after it,
    /// all float32.
    ///
    /// Steps come in order, from 0.
    fn step(&mut self, i: usize, latents: &Array, velocity: &Array) -> Result<Array>;

    /// What it remembers of earlier steps, by name: with the latents, all that the next step needs.
    fn memory(&self) -> Vec<(&'static str, Array)>;

    /// Remembers again, before step `next`, what [`memory`](Sampler::memory) told; `recall` gives it
    /// by name.
    fn restore(&mut self, next: usize, recall: &Recall) -> Result<()>;

    /// The clean latents that a velocity at step `i` points at: what a preview shows.
    fn clean(&self, i: usize, latents: &Array, velocity: &Array) -> Result<Array> {
        let (sigma, _) = self.schedule().interval(i)?;
        weighted_sum(&[(1.0, latents), (-sigma, velocity)])
    }
}

/// A sampler at the start of a `schedule`; new noise on the way is drawn from `seed`.
pub fn new(sampler: job::Sampler, schedule: Schedule, seed: u64) -> Box<dyn Sampler> {
    match sampler {
        job::Sampler::UniPc => Box::new(UniPc::new(schedule)),
        job::Sampler::DpmPp => Box::new(DpmPp::new(schedule)),
        job::Sampler::Euler => Box::new(Euler::new(schedule)),
        job::Sampler::Dmd | job::Sampler::Lcm => Box::new(Renoise::new(schedule, seed)),
        job::Sampler::Rcm => Box::new(Renoise::from_less(schedule, seed)),
    }
}

/// `sum of weight * array` in float32: what every solver's step comes down to.
///
/// A term of weight 0 is left out, and weight 1 is not multiplied, so that the last step returns
/// the clean latents exactly.
fn weighted_sum(terms: &[(f64, &Array)]) -> Result<Array> {
    let mut sum: Option<Array> = None;
    for &(weight, array) in terms.iter().filter(|(weight, _)| *weight != 0.0) {
        let term = scaled(weight, &array.as_dtype(Dtype::Float32)?)?;
        sum = Some(match sum {
            Some(sum) => sum.add(term)?,
            None => term,
        });
    }
    sum.ok_or_else(|| {
        Error::Other("A sampler's step has no terms: this is a defect of the program".into())
    })
}

fn scaled(weight: f64, array: &Array) -> Result<Array> {
    #[expect(clippy::float_cmp, reason = "only the exact 1 needs no product")]
    if weight == 1.0 {
        return Ok(array.clone());
    }
    Ok(array.multiply(Array::from_f32(weight as f32))?)
}
