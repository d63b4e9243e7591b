//! What is known of a job that is not finished.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::playback::Moving;
use crate::job::{Clip, Estimates, JobHandle, Plan, Problem, Progress, Remedy, Stage, TimeLeft};
use crate::view::stage::Left;

/// A job and how far it is.
pub struct Work {
    /// Its number, and the way to reach it.
    pub handle: JobHandle,
    /// What it makes.
    pub plan: Box<Plan>,
    /// How it stands.
    pub phase: Phase,
    /// How far it is.
    pub progress: Option<Progress>,
    /// How long it has worked.
    pub elapsed: Duration,
    /// How long it will still take.
    pub left: Option<Left>,
    /// How long decoding will take, if that is known.
    decoding: Option<Duration>,
    /// What the video will be.
    pub picture: Option<Moving>,
    clock: TimeLeft,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// It waits for its turn.
    Waiting,
    /// It works.
    Working,
    /// It waits until it is told to go on.
    Paused,
    /// It was told to end.
    Ending,
    /// It was interrupted after so many steps, and can be resumed.
    Interrupted(usize),
    /// It waited when the program ended, and waits until it is resumed.
    Held,
    /// It could not be done, and why; the steps that are kept, if it can be resumed.
    Failed(Problem, Option<usize>),
}

impl Work {
    /// A job that waits.
    pub fn new(handle: JobHandle, plan: Box<Plan>, estimates: &Estimates) -> Self {
        Self {
            handle,
            decoding: estimates.decoding(&plan),
            plan,
            phase: Phase::Waiting,
            progress: None,
            elapsed: Duration::ZERO,
            left: None,
            picture: None,
            clock: TimeLeft::default(),
        }
    }

    /// Takes note of how far it is.
    pub fn note(&mut self, progress: Progress, elapsed: Duration) {
        self.elapsed = elapsed;
        self.progress = Some(progress);
        let left = self.clock.after(progress, elapsed);
        self.left = left.filter(|_| progress.done > 0).and_then(|left| {
            match (progress.stage, self.decoding) {
                (Stage::Denoise, Some(decoding)) => Some(Left::OfJob(left + decoding)),
                (Stage::Denoise, None) => Some(Left::OfDenoising(left)),
                (Stage::Decode, _) => Some(Left::OfJob(left)),
                // Of loading and reading there is not enough to judge by.
                _ => None,
            }
        });
    }

    /// Shows this from now on, at the same place if something was shown before.
    pub fn show(&mut self, ctx: &Context, clip: Arc<Clip>) {
        match &mut self.picture {
            Some(moving) => moving.replace(clip),
            None => self.picture = Moving::new(ctx, clip),
        }
    }

    /// What would let it be done after all, where that is one change to what was asked for.
    pub fn remedy(&self) -> Option<Remedy> {
        match &self.phase {
            Phase::Failed(problem, _) => problem.remedy(),
            _ => None,
        }
    }

    /// Whether a step is finished, so that there is something to keep.
    pub fn can_keep(&self) -> bool {
        self.progress
            .is_some_and(|progress| progress.stage == Stage::Denoise && progress.done > 0)
    }

    /// The share that is done.
    pub fn share(&self) -> f32 {
        crate::view::stage::share(self.progress)
    }
}
