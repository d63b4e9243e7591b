//! What is done with jobs: they are begun, wait in line, and can be paused, moved, ended and resumed.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Context;

use super::App;
use super::job_state::{Phase, Work};
use super::notice::{Removed, Undo};
use crate::catalog;
use crate::engine::{cut_prompts, saved};
use crate::error::{Error, Result};
use crate::job::{
    Checkpoint, Command, Flaw, JobHandle, Missing, Plan, Problem, Request, Start, new_seed,
    wildcards,
};
use crate::view::action::{JobAction, Shown};

impl App {
    /// Has the form's video, and variations of it with the next seeds, made ready for the queue.
    pub(super) fn generate(&mut self, count: u32) {
        if !self.knows_speed() {
            self.speeds.wanted = Some(count);
            return;
        }
        let Some(model) = self.model() else {
            return;
        };
        let first = self.form.request.sampling.seed.unwrap_or_else(new_seed);
        let draft = self.draft(model);
        let Ok(plan) = draft.and_then(|_| self.wanted().plan(model, first, "draft.mp4".into()))
        else {
            return; // the form shows why
        };
        self.note_prompt(&self.form.request.prompt.clone());
        for variation in 0..u64::from(count) {
            let seed = first.wrapping_add(variation);
            self.form.latest_seed = Some(seed);
            let mut plan = plan.clone();
            plan.prompt = wildcards::nth(&plan.prompt, seed);
            plan.sampling.seed = seed;
            self.make_ready(Box::new(plan));
        }
    }

    /// Keeps the pictures of a plan before its job can begin, and makes sure that its video has a folder.
    pub(super) fn make_ready(&self, mut plan: Box<Plan>) {
        let library = self.library.clone();
        let ready = move || {
            let folder = &library.places().videos;
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
            library.keep_pictures(&mut plan)?;
            // For the preview; without one it shows the latents' own colours.
            if plan.speedups.draft().is_none() {
                plan.speedups.tiny_vae = catalog::tiny_vae::nearest(&plan.checkpoint).ok();
            }
            // What keeps it from being known will be told by the job.
            let cut = cut_prompts(&plan).unwrap_or_default();
            Ok((plan, cut))
        };
        self.files.ask(ready, |app, ctx, ready| match ready {
            Ok((plan, cut)) => {
                app.enqueue(ctx, plan);
                if let Some(cut) = cut.first() {
                    let told = (app.words().notices.cut)(cut.is_negative, cut.tokens);
                    app.tell(told, true);
                }
            }
            Err(error) => app.warn(&error),
        });
    }

    /// Takes a plan into the queue, and shows it if nothing else is being made.
    fn enqueue(&mut self, ctx: &Context, mut plan: Box<Plan>) {
        let removed = self.removed.iter().filter_map(|removed| match removed {
            Removed::Job(_, work) => Some(&work.output),
            // They are still there.
            Removed::Clips(_) => None,
        });
        let works = self.works.iter().map(|work| &work.output);
        let taken: Vec<PathBuf> = works.chain(removed).cloned().collect();
        let taken = |path: &Path| taken.iter().any(|other| other == path);
        plan.output = self.library.place_for(&plan.prompt, taken);
        let is_idle = self.queue.at_work().is_none();
        let id = self.line_up(plan, Start::Anew);
        if is_idle {
            self.show(ctx, Shown::Job(id));
        }
        self.send_next();
    }

    /// Puts a job at the end of the queue, and tells its number.
    pub(super) fn line_up(&mut self, plan: Box<Plan>, start: Start) -> u64 {
        let handle = self.queue.add(plan.clone(), start);
        handle.set_preview(self.preferences.preview);
        let id = handle.id;
        let by_processor = self.preferences.by_processor;
        let work = Work::new(handle, plan, &self.estimates, by_processor);
        self.works.push(work);
        id
    }

    /// Gives the engine its next job, if it has none.
    pub(super) fn send_next(&mut self) {
        self.arrange();
        if self.engine_is_gone || self.restart.is_done || self.held_for().is_some() {
            return;
        }
        let Some(job) = self.queue.begin_next() else {
            return;
        };
        let by_processor = self.preferences.by_processor;
        let id = self.queue.at_work().map(|job| job.handle.id);
        if let Some(work) = id.and_then(|id| self.work(id)) {
            work.by_processor = by_processor;
        }
        let by = Command::UseProcessor(by_processor);
        if [by, job]
            .into_iter()
            .any(|command| self.commands.send(command).is_err())
        {
            self.tell_problem(&Problem::EngineGone);
        }
    }

    /// Looks what an earlier start has left in a run folder, and offers to go on with it. What is damaged is offered,
    /// too: to be looked at, and taken away.
    pub(super) fn offer_unfinished(&self, folder: PathBuf) {
        self.look_at_unfinished(folder, true);
    }

    /// The same; with `may_wait`, after all models were looked for, where that may help.
    fn look_at_unfinished(&self, folder: PathBuf, may_wait: bool) {
        let library = self.library.clone();
        let models = self.models.clone();
        let look = move || {
            let found = saved::unfinished(&folder)
                .and_then(|(plan, step)| Ok((own(&folder, plan, step, &models)?, step)));
            let (plan, phase) = match found {
                Ok((plan, step)) => (Some(plan), Phase::Interrupted(step)),
                Err(why) => {
                    let plan = saved::plan(&folder).and_then(|plan| own(&folder, plan, 0, &models));
                    (plan.ok(), Phase::Failed(why.problem(), None))
                }
            };
            let plan = plan.map(|mut plan| {
                // The copies in the run folder go with it. Where they cannot be kept, the job goes on all the same.
                if let Err(error) = library.keep_pictures(&mut plan) {
                    log::warn!("The pictures of an unfinished video are not kept: {error}");
                }
                Box::new(plan)
            });
            (folder, plan, phase)
        };
        self.files.ask(look, move |app, _, (folder, plan, phase)| {
            if may_wait && lacks_model(&phase) {
                // What is done there is done after the models were looked for.
                let again = move |app: &mut Self, _: &Context, ()| {
                    app.look_at_unfinished(folder, false);
                };
                return app.files.scan(|| (), again);
            }
            // An unfinished video is called OUT.mp4.run.
            let output = folder.with_extension("");
            match plan {
                Some(plan) => app.offer(plan, phase),
                None => app.offer_work(phase, |handle| Work::without_plan(handle, output)),
            }
        });
    }

    /// Offers to go on with a job of an earlier start.
    pub(super) fn offer(&mut self, plan: Box<Plan>, phase: Phase) {
        let by_processor = self.preferences.by_processor;
        let estimates = self.estimates.clone();
        self.offer_work(phase, |handle| {
            Work::new(handle, plan, &estimates, by_processor)
        });
    }

    fn offer_work(&mut self, phase: Phase, work: impl FnOnce(JobHandle) -> Work) {
        let mut work = work(self.queue.new_handle());
        if let Phase::Interrupted(step) = phase {
            work.kept = step;
        }
        work.phase = phase;
        let is_known = |other: &Work| other.output == work.output;
        if !self.works.iter().any(is_known) {
            self.works.push(work);
            self.arrange();
        }
    }

    /// Puts the cells in the order of the queue: before it what was at work a moment ago, behind it what goes on only
    /// when asked.
    pub(super) fn arrange(&mut self) {
        let order: Vec<u64> = self.queue.jobs().map(|job| job.handle.id).collect();
        let place = |work: &Work| {
            let place = order.iter().position(|&id| id == work.handle.id);
            let is_ending = matches!(work.phase, Phase::Working | Phase::Paused | Phase::Ending);
            match place {
                None if is_ending => 0,
                None => order.len() + 1,
                Some(place) => place + 1,
            }
        };
        self.works
            .sort_by_key(|work| (place(work), work.phase == Phase::Held));
    }

    /// Does what was asked of a job.
    pub(super) fn handle_job(&mut self, ctx: &Context, id: u64, action: JobAction) {
        let Some(at) = self.works.iter().position(|work| work.handle.id == id) else {
            return;
        };
        let now = ctx.input(|input| input.time);
        let work = &mut self.works[at];
        match (action, &work.phase) {
            (JobAction::Pause, Phase::Working) => work.handle.pause(),
            (JobAction::Continue, Phase::Paused) => {
                work.handle.go_on();
                self.let_go_on();
            }
            (JobAction::Continue, Phase::Interrupted(_) | Phase::Held | Phase::Failed(..)) => {
                self.resume(id);
            }
            (JobAction::Keep, Phase::Working | Phase::Paused) => {
                work.handle.finish_early();
                work.turn(Phase::Ending, now);
            }
            (
                JobAction::Cancel,
                Phase::Working | Phase::Paused | Phase::Ending | Phase::Waiting,
            ) => self.cancel(at, now),
            (
                JobAction::Cancel | JobAction::Discard,
                Phase::Interrupted(_) | Phase::Held | Phase::Failed(..),
            ) => self.discard_job(at),
            (JobAction::Restore | JobAction::Mend, _) => {
                if let Some(plan) = work.plan.clone() {
                    let mut request = Request {
                        sources: plan.sources.clone(),
                        guides: plan.guides.clone(),
                        ..plan.info().into()
                    };
                    if let Some(remedy) = work.remedy().filter(|_| action == JobAction::Mend) {
                        remedy.apply(&mut request);
                    }
                    self.restore(Some(plan.checkpoint.root.clone()), request);
                }
            }
            (JobAction::Earlier, Phase::Waiting) => self.move_job(id, -1),
            (JobAction::Later, Phase::Waiting) => self.move_job(id, 1),
            _ => {}
        }
    }

    /// Cancels a job, which is seen at once: with finished steps it can be resumed, without any it is gone. The engine
    /// may take the rest of a step to leave it.
    fn cancel(&mut self, at: usize, now: f64) {
        let work = &mut self.works[at];
        let id = work.handle.id;
        self.queue.cancel(id);
        if work.kept > 0 {
            let kept = work.kept;
            work.turn(Phase::Interrupted(kept), now);
            self.arrange();
            return;
        }
        let work = self.works.remove(at);
        self.forget(&work);
        if self.is_at_work(id) {
            self.leaving.push((id, work.run_folder()));
        }
    }

    /// Whether the engine has not left the job yet.
    pub(super) fn is_at_work(&self, id: u64) -> bool {
        let at_work = self.queue.at_work();
        at_work.is_some_and(|job| job.handle.id == id)
    }

    /// Takes a job away that would not go on by itself. Its run folder goes to the Trash as soon as nobody can want it
    /// back any more.
    fn discard_job(&mut self, at: usize) {
        let work = self.works.remove(at);
        if self.shown == Shown::Job(work.handle.id) {
            // The button for the next one would lie under the pointer.
            self.shown = Shown::Welcome;
        }
        self.tell_with_undo(self.words().notices.removed, Undo::Removal);
        self.removed = Some(Removed::Job(at, Box::new(work)));
    }

    /// Goes on with what was interrupted, and then with all that waited behind it.
    fn resume(&mut self, id: u64) {
        let held = self.works.iter().filter(|work| work.phase == Phase::Held);
        let held = held.map(|work| work.handle.id).filter(|&other| other != id);
        for id in [id].into_iter().chain(held).collect::<Vec<_>>() {
            self.line_up_again(id);
        }
        self.send_next();
    }

    /// The jobs that wait to be resumed, in the order of their cells.
    pub(super) fn unfinished(&self) -> impl Iterator<Item = u64> {
        let waits = |work: &&Work| matches!(work.phase, Phase::Interrupted(_) | Phase::Held);
        self.works.iter().filter(waits).map(|work| work.handle.id)
    }

    /// Goes on with everything that an earlier start has left, and shows the first of it.
    pub(super) fn resume_all(&mut self) {
        let all: Vec<u64> = self.unfinished().collect();
        if let Some(&first) = all.first() {
            self.shown = Shown::Job(first);
        }
        for id in all {
            self.line_up_again(id);
        }
        self.send_next();
    }

    fn line_up_again(&mut self, id: u64) {
        let at = self.works.iter().position(|work| work.handle.id == id);
        let Some((at, mut plan)) = at.and_then(|at| Some((at, self.works[at].plan.clone()?)))
        else {
            return;
        };
        let work = self.works.remove(at);
        plan.limits = self.form.request.limits;
        let start = match work.phase {
            Phase::Failed(_, None) => {
                // The folder may be another one by now.
                let taken = |path: &Path| self.works.iter().any(|other| other.output == path);
                plan.output = self.library.place_for(&plan.prompt, taken);
                Start::Anew
            }
            Phase::Held => Start::Anew,
            _ => Start::WhereItWas,
        };
        let again = self.line_up(plan, start);
        if let Some(next) = self.work(again) {
            next.kept = work.kept;
            next.picture = work.picture;
        }
        if self.shown == Shown::Job(id) {
            self.shown = Shown::Job(again);
        }
    }

    fn move_job(&mut self, id: u64, by: isize) {
        let place = self.queue.waiting().position(|job| job.handle.id == id);
        if let Some(place) = place.and_then(|place| place.checked_add_signed(by)) {
            self.queue.move_to(id, place);
        }
        self.arrange();
    }

    /// A work is gone: the stage shows something else.
    pub(super) fn forget(&mut self, work: &Work) {
        if self.shown == Shown::Job(work.handle.id) {
            let next = self.works.first().map(|work| work.handle.id);
            self.shown = next.map_or(Shown::Welcome, Shown::Job);
        }
    }
}

/// A plan as it can be carried out here: one that somebody else has written, with this user's own model of its name.
fn own(folder: &Path, mut plan: Plan, step: usize, models: &[Checkpoint]) -> Result<Plan> {
    if saved::is_own(folder) {
        catalog::find_built_in_again(&mut plan);
        return Ok(plan);
    }
    let foreign = |flaw| Error::content(folder, flaw);
    let name = &plan.checkpoint.name;
    let model = models.iter().find(|model| model.name == *name).cloned();
    let model = model.ok_or_else(|| foreign(Flaw::Foreign(Missing::Model(name.clone()))))?;
    let is_denoised = step == plan.sampling.steps as usize;
    plan.adopt(model, &[], is_denoised).map_err(foreign)?;
    plan.check()?;
    Ok(plan)
}

/// Whether it needs a model that is not known yet.
fn lacks_model(phase: &Phase) -> bool {
    let Phase::Failed(Problem::Content { flaw, .. }, _) = phase else {
        return false;
    };
    matches!(flaw, Flaw::Foreign(Missing::Model(_)))
}
