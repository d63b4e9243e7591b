//! How far a job is.

use std::time::Duration;

use serde::Serialize;

/// The parts of a job, in the order in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Reading the prompt: text encoder.
    Text,
    /// Encoding the pictures.
    Image,
    /// Loading the DiT.
    Load,
    /// Denoising, a step at a time.
    Denoise,
    /// Decoding latents to frames, and writing them.
    Decode,
}

/// `done` of `of` units of a stage are finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The part of the job.
    pub stage: Stage,
    /// Finished units: text encoder layers, denoising steps, frames.
    pub done: usize,
    /// All units of this stage.
    pub of: usize,
}

/// How long the stage at hand will still take, told from its own pace.
///
/// The first unit of a stage is slower than the rest (caches are cold, kernels are compiled), so
/// that it counts only until there are others.
#[derive(Clone, Debug, Default)]
pub struct TimeLeft {
    /// What each denoising step costs beside the others; all cost the same if nothing is known of it.
    costs: Vec<f64>,
    stage: Option<Stage>,
    /// The units done, and the time, from which the pace is counted.
    start: (usize, Duration),
    /// Whether the first unit lies before `start`.
    warm: bool,
    /// The units done by the latest progress, and its time.
    latest: (usize, Duration),
    /// All units of the stage.
    of: usize,
    /// How far the stage before this one was: another network may be loaded in the middle of it.
    paused: Option<(Stage, usize)>,
}

impl TimeLeft {
    /// Where each denoising step costs this much beside the others.
    pub fn with_costs(costs: Vec<f64>) -> Self {
        Self {
            costs,
            ..Self::default()
        }
    }

    /// Takes note of `progress` at the time `now`, counted from the start of the job.
    ///
    /// `None` until the stage has done something to judge by.
    pub fn after(&mut self, progress: Progress, now: Duration) -> Option<Duration> {
        let Progress { stage, done, of } = progress;
        self.of = of;
        let (units_before, before) = std::mem::replace(&mut self.latest, (done, now));
        if self.stage != Some(stage) {
            let going_on = self.paused.filter(|&(paused, _)| paused == stage);
            self.paused = self.stage.map(|stage| (stage, units_before));
            self.stage = Some(stage);
            self.start = match (going_on, stage, done) {
                (Some((_, units)), ..) => (units, before),
                (None, _, 0) => (0, now),
                // Its start is always told, and lies in the middle when a job goes on.
                (None, Stage::Denoise, _) => (done, now),
                _ => (0, before),
            };
            self.warm = false;
        }
        let (units, time) = self.start;
        let finished = self.cost(stage, units, done, of);
        if done <= units || finished <= 0.0 {
            return None;
        }
        if !self.warm {
            self.warm = true;
            self.start = (done, now);
        }
        let left = self.cost(stage, done, of, of);
        Some(now.saturating_sub(time).mul_f64(left / finished))
    }

    /// What the units from `first` to before `end` cost, of `of`.
    fn cost(&self, stage: Stage, first: usize, end: usize, of: usize) -> f64 {
        match self.costs.get(first..end) {
            Some(costs) if stage == Stage::Denoise && self.costs.len() == of => costs.iter().sum(),
            _ => end.saturating_sub(first) as f64,
        }
    }

    /// The same when this share of the next unit is done, for units that take minutes. `None` where it is too little to judge
    /// by.
    pub fn within(&self, share: f32, now: Duration) -> Option<Duration> {
        /// Of the second unit: what the first one has told is better than less.
        const ENOUGH: f64 = 0.25;
        let stage = self.stage?;
        let (units, time) = self.start;
        let (done, _) = self.latest;
        let share = f64::from(share.clamp(0.0, 1.0));
        let counted = done.checked_sub(units)? as f64 + share;
        let is_enough = counted > if self.warm { ENOUGH } else { 0.0 };
        let part = share * self.cost(stage, done, done + 1, self.of);
        let finished = self.cost(stage, units, done, self.of) + part;
        let left = (self.cost(stage, done, self.of, self.of) - part).max(0.0);
        (is_enough && finished > 0.0).then(|| now.saturating_sub(time).mul_f64(left / finished))
    }
}
