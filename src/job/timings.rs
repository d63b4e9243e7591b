//! *Timings* are what the stages of a job took: what later jobs on this machine are estimated from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Progress, Stage};

/// Seconds and finished units of each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timings {
    /// Reading the prompt; nothing where its features were kept from before.
    pub text: Spent,
    /// Encoding pictures.
    pub image: Spent,
    /// Loading the DiT, once for each expert.
    pub load: Spent,
    /// Denoising, a step each.
    pub denoise: Spent,
    /// Decoding and writing, a frame each.
    pub decode: Spent,
}

/// What one stage took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Seconds in all.
    pub seconds: f64,
    /// The units that were finished in that time.
    pub units: usize,
}

impl Timings {
    /// Those of one stage.
    pub fn of(&self, stage: Stage) -> Spent {
        let mut copy = *self;
        *copy.entry(stage)
    }

    fn entry(&mut self, stage: Stage) -> &mut Spent {
        match stage {
            Stage::Text => &mut self.text,
            Stage::Image => &mut self.image,
            Stage::Load => &mut self.load,
            Stage::Denoise => &mut self.denoise,
            Stage::Decode => &mut self.decode,
        }
    }
}

/// Takes the timings of a job from its progress.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stopwatch {
    timings: Timings,
    /// The units of each stage that were told of so far, in the order of [`Stage`].
    done: [Option<usize>; 5],
    /// When something was told of last.
    latest: Duration,
}

impl Stopwatch {
    /// Takes note of `progress` at the time `now`, counted from the start of the job.
    ///
    /// The time since the last news belongs to the stage that has finished something in it. The news
    /// that a stage begins finishes nothing, and where a job goes on it comes with the units of an
    /// earlier one.
    pub fn note(&mut self, progress: Progress, now: Duration) {
        let Progress { stage, done, .. } = progress;
        let passed = now.saturating_sub(self.latest);
        self.latest = now;
        let begun = if stage == Stage::Denoise { done } else { 0 };
        let before = self.done[stage as usize].replace(done).unwrap_or(begun);
        let spent = self.timings.entry(stage);
        match done.checked_sub(before) {
            Some(units) if units > 0 => {
                spent.units += units;
                spent.seconds += passed.as_secs_f64();
            }
            _ => {}
        }
    }

    /// What was taken so far.
    pub fn timings(&self) -> Timings {
        self.timings
    }
}
