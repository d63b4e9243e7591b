//! What is done with jobs: they are begun, wait in line, and can be paused, moved, ended and resumed.

use std::fs;
use std::path::{Path, PathBuf};

use egui::Context;

use super::App;
use super::job_state::{Phase, Work};
use crate::engine::saved;
use crate::error::Error;
use crate::job::{Command, Plan, Request, Start, new_seed};
use crate::view::action::{JobAction, Shown};

impl App {
    /// Has the form's video, and variations of it with the next seeds, made ready for the queue.
    pub(super) fn generate(&mut self, count: u32) {
        let Some(model) = self.model() else {
            return;
        };
        let first = self.form.request.sampling.seed.unwrap_or_else(new_seed);
        let draft = self.draft(model);
        let Ok(plan) = draft.and_then(|_| self.form.plan(model, first, "draft.mp4".into())) else {
            return; // the form shows why
        };
        for variation in 0..u64::from(count) {
            let seed = first.wrapping_add(variation);
            self.form.latest_seed = Some(seed);
            let mut plan = plan.clone();
            plan.sampling.seed = seed;
            self.make_ready(Box::new(plan));
        }
    }

    /// Keeps the pictures of a plan before its job can begin, and makes sure that its video has a folder.
    fn make_ready(&self, mut plan: Box<Plan>) {
        let library = self.library.clone();
        let ready = move || {
            let folder = &library.places().videos;
            fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
            library.keep_pictures(&mut plan)?;
            Ok(plan)
        };
        self.files.ask(ready, |app, ctx, plan| match plan {
            Ok(plan) => app.enqueue(ctx, plan),
            Err(error) => app.warn(&error),
        });
    }

    /// Takes a plan into the queue, and shows it if nothing else is being made.
    fn enqueue(&mut self, ctx: &Context, mut plan: Box<Plan>) {
        let taken = |path: &Path| self.works.iter().any(|work| work.plan.output == path);
        plan.output = self.library.place_for(&plan.prompt, taken);
        let is_idle = self.queue.at_work().is_none();
        let id = self.line_up(plan, Start::Anew);
        if is_idle {
            self.show(ctx, Shown::Job(id));
        }
        self.send_next();
    }

    /// Puts a job at the end of the queue, and tells its number.
    fn line_up(&mut self, plan: Box<Plan>, start: Start) -> u64 {
        let handle = self.queue.add(plan.clone(), start);
        handle.set_preview(self.preferences.preview);
        let id = handle.id;
        self.works.push(Work::new(handle, plan, &self.estimates));
        id
    }

    /// Gives the engine its next job, if it has none.
    pub(super) fn send_next(&mut self) {
        self.arrange();
        let Some(job) = self.queue.begin_next() else {
            return;
        };
        let by = Command::UseProcessor(self.preferences.by_processor);
        if [by, job]
            .into_iter()
            .any(|command| self.commands.send(command).is_err())
        {
            self.tell(self.words().notices.engine_ended, true);
        }
    }

    /// Looks what an earlier start has left in a run folder, and offers to go on with it.
    pub(super) fn offer_unfinished(&self, folder: PathBuf) {
        let look = move || saved::unfinished(&folder);
        self.files.ask(look, |app, _, unfinished| {
            // What cannot be gone on with stays where it is.
            if let Ok((plan, step)) = unfinished {
                app.offer(Box::new(plan), Phase::Interrupted(step));
            }
        });
    }

    /// Offers to go on with a job of an earlier start.
    pub(super) fn offer(&mut self, plan: Box<Plan>, phase: Phase) {
        if self
            .works
            .iter()
            .any(|work| work.plan.output == plan.output)
        {
            return;
        }
        let handle = self.queue.new_handle();
        let mut work = Work::new(handle, plan, &self.estimates);
        work.phase = phase;
        self.works.push(work);
        self.arrange();
    }

    /// Puts the cells in the order of the queue, and what goes on only when asked behind it.
    fn arrange(&mut self) {
        let order: Vec<u64> = self.queue.jobs().map(|job| job.handle.id).collect();
        let place = |id| order.iter().position(|&other| other == id);
        self.works.sort_by_key(|work| {
            let place = place(work.handle.id).unwrap_or(order.len());
            (place, work.phase == Phase::Held)
        });
    }

    /// Does what was asked of a job.
    pub(super) fn handle_job(&mut self, id: u64, action: JobAction) {
        let Some(at) = self.works.iter().position(|work| work.handle.id == id) else {
            return;
        };
        let work = &mut self.works[at];
        match (action, &work.phase) {
            (JobAction::Pause, Phase::Working) => work.handle.pause(),
            (JobAction::Continue, Phase::Paused) => work.handle.go_on(),
            (
                JobAction::Continue,
                Phase::Interrupted(_) | Phase::Held | Phase::Failed(_, Some(_)),
            ) => self.resume(id),
            (JobAction::Keep, Phase::Working | Phase::Paused) => {
                work.handle.finish_early();
                work.phase = Phase::Ending;
            }
            (JobAction::Cancel, Phase::Working | Phase::Paused) => {
                self.queue.cancel(id);
                work.phase = Phase::Ending;
            }
            (JobAction::Cancel, phase) if *phase != Phase::Ending => {
                self.queue.cancel(id);
                let work = self.works.remove(at);
                self.forget(&work);
            }
            (JobAction::Restore, _) => {
                let plan = &work.plan;
                let request = Request {
                    sources: plan.sources.clone(),
                    guides: plan.guides.clone(),
                    ..plan.info().into()
                };
                self.restore(request);
            }
            (JobAction::Earlier, Phase::Waiting) => self.move_job(id, -1),
            (JobAction::Later, Phase::Waiting) => self.move_job(id, 1),
            _ => {}
        }
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

    fn line_up_again(&mut self, id: u64) {
        let Some(at) = self.works.iter().position(|work| work.handle.id == id) else {
            return;
        };
        let mut work = self.works.remove(at);
        work.plan.limits = self.form.request.limits;
        let start = match work.phase {
            Phase::Held => Start::Anew,
            _ => Start::WhereItWas,
        };
        let again = self.line_up(work.plan, start);
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
