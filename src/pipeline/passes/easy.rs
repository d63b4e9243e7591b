//! EasyCache: a step is taken over from the last computed one as long as the change that has added up since is small. How
//! much the velocity changes is foretold from how much the latents do.
//!
//! H-EmbodVis/EasyCache at commit 5127804, `EasyCache4Wan2.1/easycache_generate.py`, `easycache_forward`. It decides by
//! the pass with the prompt; the other one follows.

use mlx_rs::Array;

use super::super::experts::{Denoiser, Sight};
use super::Recall;
use crate::job::Problem;
use crate::{Error, Result};

pub(super) struct EasyCache {
    threshold: f32,
    /// The first steps, which are always computed.
    first: usize,
    steps: usize,
    /// The latents of the step before.
    before: Option<Array>,
    /// The latents of the last computed step, and its velocities.
    latest: Option<(Array, Vec<Array>)>,
    /// How much the velocity changed for each change of the latents, when it was computed last.
    rate: Option<f32>,
    /// What has added up since.
    change: f32,
}

const BEFORE: &str = "before";
const LATENTS: &str = "latents";
const VELOCITIES: [&str; 2] = ["velocity", "velocity.without"];
/// The rate, below 0 if there is none, and the change.
const NUMBERS: &str = "numbers";

impl EasyCache {
    pub(super) fn new(threshold: f32, first: usize, steps: usize) -> Self {
        Self {
            threshold,
            first,
            steps,
            before: None,
            latest: None,
            rate: None,
            change: 0.0,
        }
    }

    pub(super) fn forget(&mut self) {
        *self = Self::new(self.threshold, self.first, self.steps);
    }

    /// The velocities, and whether they were computed.
    pub(super) fn velocities(
        &mut self,
        step: usize,
        latents: &Array,
        sight: &Sight,
        denoiser: &Denoiser,
    ) -> Result<(Vec<Array>, bool)> {
        let reuses = self.reuses(step, latents)?;
        self.before = Some(latents.clone());
        if let (true, Some((then, velocities))) = (reuses, &self.latest) {
            let needed = velocities.iter().take(1 + usize::from(sight.guided));
            let moved = needed.map(|velocity| Ok(latents.add(velocity.subtract(then)?)?));
            return Ok((moved.collect::<Result<_>>()?, false));
        }
        self.change = 0.0;
        let velocities = denoiser.velocities(sight)?;
        if let (Some((then, before)), Some(now)) = (&self.latest, velocities.first()) {
            let velocity = before.first().unwrap_or(now);
            self.rate = Some(mean_change(now, velocity)? / mean_change(latents, then)?);
        }
        self.latest = Some((latents.clone(), velocities.clone()));
        Ok((velocities, true))
    }

    /// Whether a step takes over what the last computed one led to.
    fn reuses(&mut self, step: usize, latents: &Array) -> Result<bool> {
        let (Some(before), Some((_, velocities)), Some(rate)) =
            (&self.before, &self.latest, self.rate)
        else {
            return Ok(false);
        };
        let (Some(velocity), false) = (
            velocities.first(),
            step < self.first || step + 1 == self.steps,
        ) else {
            return Ok(false);
        };
        let strength = number(&velocity.abs()?.mean(None)?)?;
        self.change += rate * (mean_change(latents, before)? / strength);
        Ok(self.change < self.threshold)
    }

    pub(super) fn memory(&self) -> Vec<(String, Array)> {
        let numbers = [self.rate.unwrap_or(-1.0), self.change];
        let mut memory = vec![(NUMBERS.to_owned(), Array::from_slice(&numbers, &[2]))];
        let named = |name: &str, array: &Array| (name.to_owned(), array.clone());
        memory.extend(self.before.iter().map(|before| named(BEFORE, before)));
        if let Some((latents, velocities)) = &self.latest {
            memory.push(named(LATENTS, latents));
            let pairs = VELOCITIES.iter().zip(velocities);
            memory.extend(pairs.map(|(name, velocity)| named(name, velocity)));
        }
        memory
    }

    pub(super) fn restore(&mut self, recall: &Recall) -> Result<()> {
        let numbers = recall(NUMBERS)?.map(|numbers| numbers.to_vec_exact::<f32>());
        if let Some(Ok(numbers)) = numbers
            && let [rate, change] = numbers[..]
        {
            self.rate = (rate >= 0.0).then_some(rate);
            self.change = change;
        }
        self.before = recall(BEFORE)?;
        let mut velocities = Vec::new();
        for name in VELOCITIES {
            velocities.extend(recall(name)?);
        }
        self.latest = recall(LATENTS)?.map(|latents| (latents, velocities));
        Ok(())
    }
}

/// How likely a step is computed: its authors save half of the passes at a threshold of 0.1 and two thirds at 0.2.
pub(super) fn share(step: usize, steps: usize, threshold: f64, first: usize) -> f64 {
    /// It saves so many times more for each unit of the threshold.
    const GAIN: f64 = 10.0;
    /// More was not seen.
    const MOST: f64 = 4.0;
    if step < first || step + 1 == steps {
        return 1.0;
    }
    1.0 / (1.0 + GAIN * threshold).min(MOST)
}

/// The mean of the absolute differences.
fn mean_change(one: &Array, other: &Array) -> Result<f32> {
    number(&one.subtract(other)?.abs()?.mean(None)?)
}

fn number(scalar: &Array) -> Result<f32> {
    scalar
        .try_item_cast()
        .map_err(|error| Error::from(Problem::Mlx(error.to_string())))
}
