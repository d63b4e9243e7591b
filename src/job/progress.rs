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
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeLeft {
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
        let finished = done.checked_sub(units).filter(|&finished| finished > 0)?;
        if !self.warm {
            self.warm = true;
            self.start = (done, now);
        }
        let left = of.saturating_sub(done);
        Some(
            now.saturating_sub(time)
                .mul_f64(left as f64 / finished as f64),
        )
    }

    /// The same when this share of the next unit is done, for units that take minutes. `None` where it is too little to judge
    /// by.
    pub fn within(&self, share: f32, now: Duration) -> Option<Duration> {
        /// Of the second unit: what the first one has told is better than less.
        const ENOUGH: f64 = 0.25;
        self.stage?;
        let (units, time) = self.start;
        let (done, _) = self.latest;
        let finished = (done.checked_sub(units)?) as f64 + f64::from(share.clamp(0.0, 1.0));
        let left = self.of as f64 - units as f64 - finished;
        let is_enough = finished > if self.warm { ENOUGH } else { 0.0 };
        let factor = (left / finished).max(0.0);
        is_enough.then(|| now.saturating_sub(time).mul_f64(factor))
    }
}
