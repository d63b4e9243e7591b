//! What is known of a job that is not finished.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::playback::Moving;
use crate::engine::step_costs;
use crate::job::memory::Saving;
use crate::job::{
    Clip, Estimates, JobHandle, Plan, Problem, Progress, Remedy, Size, Stage, Stall, TimeLeft,
};
use crate::view::stage::Left;

/// A job and how far it is.
pub struct Work {
    /// Its number, and the way to reach it.
    pub handle: JobHandle,
    /// What it makes; nobody can tell where that is damaged on the disk.
    pub plan: Option<Box<Plan>>,
    /// The video.
    pub output: PathBuf,
    /// What it is called.
    pub name: String,
    /// The size of the video.
    pub size: Size,
    /// How it stands.
    pub phase: Phase,
    /// How far it is.
    pub progress: Option<Progress>,
    /// How much of the unit at hand is done, from 0 to 1.
    pub within: f32,
    /// The finished steps that are on the disk, as far as that is known.
    pub kept: usize,
    /// What is done so that it fits into memory.
    pub savings: Vec<Saving>,
    /// Whether the processor alone computes it.
    pub by_processor: bool,
    /// How long it will still take.
    pub left: Option<Left>,
    /// What the video will be.
    pub picture: Option<Moving>,
    /// Whether the last step was taken over from an earlier one.
    pub reused: bool,
    /// How long decoding will take, if that is known.
    decoding: Option<Duration>,
    /// How long it had worked when that was told last.
    worked: Duration,
    /// When that was, in egui's time.
    told: f64,
    clock: TimeLeft,
    /// Whether it still gives signs.
    pub stall: Stall,
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
    /// It was told to make the video of what there is.
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
    pub fn new(
        handle: JobHandle,
        plan: Box<Plan>,
        estimates: &Estimates,
        by_processor: bool,
    ) -> Self {
        let mut work = Self::without_plan(handle, plan.output.clone());
        work.clock = TimeLeft::with_costs(step_costs(&plan));
        work.decoding = estimates.decoding(&plan, by_processor);
        work.by_processor = by_processor;
        work.name.clone_from(&plan.prompt);
        work.size = plan.canvas.size;
        work.plan = Some(plan);
        work
    }

    /// What is left of a job of which nobody can tell what it makes, by the video that it would have become.
    pub fn without_plan(handle: JobHandle, output: PathBuf) -> Self {
        const SIZE: Size = Size::new(1, 1);
        let name = output.file_stem().unwrap_or_default();
        Self {
            handle,
            plan: None,
            name: name.to_string_lossy().into_owned(),
            output,
            size: SIZE,
            phase: Phase::Waiting,
            progress: None,
            within: 0.0,
            kept: 0,
            savings: Vec::new(),
            by_processor: false,
            left: None,
            picture: None,
            reused: false,
            decoding: None,
            worked: Duration::ZERO,
            told: 0.0,
            clock: TimeLeft::default(),
            stall: Stall::default(),
        }
    }

    /// The steps of the job.
    pub fn steps(&self) -> usize {
        self.plan
            .as_ref()
            .map_or(0, |plan| plan.sampling.steps as usize)
    }

    /// Where what is kept of it lies.
    pub fn run_folder(&self) -> PathBuf {
        self.output.with_added_extension("run")
    }

    /// The plan as it is carried out.
    pub fn fitted(&self) -> Option<Plan> {
        let mut plan = Plan::clone(self.plan.as_ref()?);
        for saving in &self.savings {
            saving.apply(&mut plan);
        }
        Some(plan)
    }

    /// From `now` on, in egui's time, it stands like this.
    pub fn turn(&mut self, phase: Phase, now: f64) {
        self.worked = self.elapsed(now);
        self.told = now;
        self.stall.pause(now);
        self.phase = phase;
    }

    /// Takes note of how far it is at `now`, after so long.
    pub fn note(&mut self, progress: Progress, worked: Duration, now: f64) {
        self.worked = worked;
        self.told = now;
        self.stall.note(now);
        self.progress = Some(progress);
        self.within = 0.0;
        match progress.stage {
            Stage::Denoise => self.kept = self.kept.max(progress.done),
            Stage::Decode => self.kept = self.steps(),
            _ => {}
        }
        let left = self.clock.after(progress, worked);
        self.left = left
            .filter(|_| progress.done > 0)
            .and_then(|left| self.left_of(progress.stage, left));
    }

    /// Takes note of how far the unit at hand is.
    pub fn note_within(&mut self, share: f32, worked: Duration, now: f64) {
        self.worked = worked;
        self.told = now;
        self.stall.note(now);
        self.within = share;
        let left = self.clock.within(share, worked);
        if let (Some(left), Some(progress)) = (left, self.progress) {
            self.left = self.left_of(progress.stage, left);
        }
    }

    /// What the time that a stage will still take means.
    fn left_of(&self, stage: Stage, left: Duration) -> Option<Left> {
        match (stage, self.decoding) {
            (Stage::Denoise, Some(decoding)) => Some(Left::OfJob(left + decoding)),
            (Stage::Denoise, None) => Some(Left::OfDenoising(left)),
            (Stage::Decode, _) => Some(Left::OfJob(left)),
            // Of loading and reading there is not enough to judge by.
            _ => None,
        }
    }

    /// Whether its clock runs.
    pub fn is_ticking(&self) -> bool {
        matches!(self.phase, Phase::Working | Phase::Ending)
    }

    /// How long it has worked at `now`. Between two pieces of news the time goes on, but in a pause.
    pub fn elapsed(&self, now: f64) -> Duration {
        let since = Duration::try_from_secs_f64(now - self.told);
        let since = since.ok().filter(|_| self.is_ticking());
        self.worked + since.unwrap_or_default()
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
        crate::view::stage::share(self.progress, self.within)
    }
}
