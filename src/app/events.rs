//! What the engine, the library and the work on files have to tell.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::job_state::{Phase, Work};
use super::{App, thumbnail};
use crate::job::memory::Saving;
use crate::job::{Clip, Event, Problem, Record, ResumePoint};
use crate::library::{LibraryCommand, LibraryEvent};
use crate::view::action::Shown;

impl App {
    /// Takes note of everything that was told since the last time.
    pub(super) fn hear(&mut self, ctx: &Context) {
        let events: Vec<Event> = self.events.try_iter().collect();
        for event in events {
            self.hear_event(ctx, event);
        }
        let events: Vec<LibraryEvent> = self.worker.events.try_iter().collect();
        for event in events {
            self.hear_library(ctx, event);
        }
        for then in self.files.done() {
            then(self, ctx);
        }
        self.poll_export();
        self.poll_download();
        if let Some(glimpse) = &mut self.glimpse
            && glimpse.poll(ctx).is_err()
        {
            // The stage tells why, when it is shown there.
            glimpse.moving = None;
        }
        if let Some(player) = &mut self.player
            && let Err(error) = player.poll(ctx)
        {
            self.player = None;
            self.warn(&error);
        }
    }

    fn hear_event(&mut self, ctx: &Context, event: Event) {
        let phase = |app: &mut Self, id, phase| {
            if let Some(work) = app.work(id).filter(|work| work.phase != Phase::Ending) {
                work.phase = phase;
            }
        };
        match event {
            Event::Faulty(fault) => {
                if !self.preferences.by_processor {
                    self.tell((self.words().notices.faulty)(fault), true);
                }
            }
            Event::Started { id } | Event::Continued { id } => phase(self, id, Phase::Working),
            Event::Paused { id } => phase(self, id, Phase::Paused),
            Event::Fitted {
                savings, midway, ..
            } => self.tell_savings(&savings, midway),
            Event::Progress {
                id,
                progress,
                elapsed,
            } => {
                if let Some(work) = self.work(id) {
                    work.note(progress, elapsed);
                }
            }
            Event::Preview { id, clip, .. } => self.show_preview(id, clip),
            Event::Frames { id, clip, .. } => self.show_last(ctx, id, &clip),
            Event::Finished {
                id,
                elapsed,
                record,
                ..
            } => self.finish(ctx, id, elapsed, record),
            Event::Cancelled { id, kept } => self.end(id, kept, None),
            Event::Failed { id, problem, kept } => {
                let elapsed = self.work(id).map(|work| work.elapsed);
                let words = self.words();
                let (title, why) = (words.notices.failed, (words.problem)(&problem));
                self.announce(ctx, elapsed.unwrap_or_default(), title, &why);
                self.end(id, kept, Some(problem));
            }
            Event::Measured { .. } | Event::QuantizedMatrix { .. } => {} // the window asks for neither
        }
    }

    /// What the form has told already comes again only where a video goes on otherwise than it was begun.
    fn tell_savings(&mut self, savings: &[Saving], midway: bool) {
        if midway {
            let words = self.words();
            let to_fit = (words.compose.to_fit)(savings);
            self.tell((words.notices.midway)(&to_fit), false);
        }
    }

    fn show_preview(&self, id: u64, clip: Arc<Clip>) {
        let larger = move || thumbnail::preview(&clip);
        self.files.ask(larger, move |app, ctx, clip| {
            if let Some(work) = app.work(id) {
                work.show(ctx, Arc::new(clip));
            }
        });
    }

    /// Of frames as they are decoded, the latest is shown.
    fn show_last(&mut self, ctx: &Context, id: u64, clip: &Clip) {
        let last = clip.len().checked_sub(1).and_then(|last| clip.frame(last));
        if let Some(pixels) = last.map(<[u8]>::to_vec)
            && let Some(work) = self.work(id)
        {
            let still = Clip::new(clip.size(), clip.fps(), pixels);
            work.show(ctx, Arc::new(still));
        }
    }

    fn finish(&mut self, ctx: &Context, id: u64, elapsed: Duration, record: Option<Box<Record>>) {
        let job = self.queue.end(id);
        if let Some(record) = record {
            let title = self.words().notices.finished;
            self.announce(ctx, elapsed, title, record.name());
            if let Some(job) = job {
                self.estimates.learn(&job.plan, &record.timings);
                let learnt = Box::new(self.estimates.clone());
                self.worker.ask(LibraryCommand::Learn(learnt));
            }
            self.worker.ask(LibraryCommand::Add(record));
        }
        self.send_next();
    }

    /// A job ended early. What is kept of it can be resumed.
    fn end(&mut self, id: u64, kept: Option<ResumePoint>, problem: Option<Problem>) {
        self.queue.end(id);
        let phase = match (problem, kept) {
            (Some(problem), kept) => Some(Phase::Failed(problem, kept.map(|kept| kept.step))),
            (None, Some(kept)) => Some(Phase::Interrupted(kept.step)),
            (None, None) => None,
        };
        let at = self.works.iter().position(|work| work.handle.id == id);
        if let Some(at) = at {
            if let Some(phase) = phase {
                self.works[at].phase = phase;
            } else {
                let work = self.works.remove(at);
                self.forget(&work);
            }
        }
        self.send_next();
    }

    fn hear_library(&mut self, ctx: &Context, event: LibraryEvent) {
        match event {
            LibraryEvent::Read(contents) => {
                self.records = contents.records;
                for folder in contents.unfinished {
                    self.offer_unfinished(folder);
                }
                for plan in contents.waiting {
                    self.offer(Box::new(plan), Phase::Held);
                }
                self.keep.know_waiting();
            }
            LibraryEvent::Added(record) => {
                self.shelve(ctx, *record);
            }
            LibraryEvent::Removed(id) => {
                self.records.retain(|record| record.id != id);
                self.tell(self.words().notices.trashed, false);
                if self.shown == Shown::Record(id) {
                    self.show(ctx, Shown::Welcome);
                }
            }
            LibraryEvent::Failed(problem) => self.tell_problem(&problem),
        }
    }

    /// A finished video takes the place of its job, on the stage, too.
    fn shelve(&mut self, ctx: &Context, record: Record) {
        let made = |work: &Work| work.plan.output == record.file;
        let at = self.works.iter().position(made);
        let id = record.id.clone();
        self.records.insert(0, record);
        let work = at.map(|at| self.works.remove(at));
        if work.is_some_and(|work| self.shown == Shown::Job(work.handle.id)) {
            self.show(ctx, Shown::Record(id));
        }
    }
}
