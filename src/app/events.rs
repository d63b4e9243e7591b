//! What the engine, the library and the work on files have to tell.

use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::job_state::{Phase, Work};
use super::notice::Removed;
use super::{App, thumbnail};
use crate::catalog;
use crate::job::memory::Saving;
use crate::job::{Clip, Event, GpuFault, Problem, Record, ResumePoint};
use crate::library::{LibraryCommand, LibraryEvent};
use crate::platform::power;
use crate::view::action::Shown;

impl App {
    /// Takes note of everything that was told since the last time.
    pub(super) fn hear(&mut self, ctx: &Context) {
        let is_gone = loop {
            match self.events.try_recv() {
                Ok(event) => self.hear_event(ctx, event),
                Err(why) => break why.is_disconnected(),
            }
        };
        if is_gone && !self.engine_is_gone {
            self.miss_engine();
        }
        let events: Vec<LibraryEvent> = self.worker.events.try_iter().collect();
        for event in events {
            self.hear_library(ctx, event);
        }
        for then in self.files.done() {
            then(self, ctx);
        }
        self.poll_export();
        self.poll_download(ctx);
        self.look_for_stalls(ctx);
        if let Some(glimpse) = &mut self.glimpse
            && glimpse.poll(ctx).is_err()
        {
            // The stage tells why, when it is shown there.
            glimpse.moving = None;
        }
        if let Some(quick) = &mut self.gallery.quick
            && quick.poll(ctx).is_err()
        {
            // The stage tells why, when it is shown there.
            self.gallery.quick = None;
        }
        if let Some(comparing) = &mut self.gallery.comparing
            && let Err(error) = comparing.poll(ctx)
        {
            self.warn(&error);
        }
        if let Some(player) = &mut self.player
            && let Err(error) = player.poll(ctx)
        {
            self.player = None;
            self.warn(&error);
        }
    }

    /// Says so when the job at work gives no sign any more.
    fn look_for_stalls(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        let mut ticking = self.works.iter_mut().filter(|work| work.is_ticking());
        let silent = ticking.find_map(|work| work.stall.look(now));
        if let Some(seconds) = silent {
            let sentence = (self.words().notices.stalled)((seconds / 60.0) as u64);
            self.tell(sentence, true);
        }
    }

    /// Takes note of what the engine told while the window was being closed: a video that is finished is not lost.
    pub(super) fn hear_last(&mut self) {
        let events: Vec<Event> = self.events.try_iter().collect();
        for event in events {
            if let Event::Finished {
                id,
                record: Some(record),
                ..
            } = event
            {
                self.queue.end(id);
                self.leaving.retain(|(leaving, _)| *leaving != id);
                self.works.retain(|work| work.handle.id != id);
                self.worker.ask(LibraryCommand::Add(record));
            }
        }
    }

    fn hear_event(&mut self, ctx: &Context, event: Event) {
        let now = ctx.input(|input| input.time);
        // One that was told to end, or was given up, stands as it does.
        let phase = |app: &mut Self, id, phase| {
            let alive = |work: &&mut Work| {
                matches!(work.phase, Phase::Waiting | Phase::Working | Phase::Paused)
            };
            if let Some(work) = app.work(id).filter(alive) {
                work.turn(phase, now);
            }
        };
        match event {
            Event::Faulty(fault) if !self.preferences.by_processor => {
                self.tell((self.words().notices.faulty)(fault), true);
            }
            Event::Started { id } | Event::Continued { id } => {
                self.outside.note_slowness(power::slowed());
                phase(self, id, Phase::Working);
            }
            Event::Paused { id } => phase(self, id, Phase::Paused),
            Event::Fitted {
                id,
                savings,
                midway,
            } => {
                self.tell_savings(&savings, midway);
                if let Some(work) = self.work(id) {
                    work.savings = savings;
                }
            }
            Event::Progress {
                id,
                progress,
                elapsed,
            } => {
                if let Some(work) = self.work(id) {
                    work.note(progress, elapsed, now);
                }
                self.prepare_to_announce(elapsed);
            }
            Event::Within { id, share, elapsed } => {
                if let Some(work) = self.work(id) {
                    work.note_within(share, elapsed, now);
                }
            }
            Event::Again { id, why } => {
                let sentence = (self.words().repeat)(why);
                self.tell(sentence, true);
                if let Some(work) = self.work(id) {
                    work.within = 0.0;
                }
            }
            Event::Preview {
                id, clip, reused, ..
            } => {
                if let Some(work) = self.work(id) {
                    work.reused = reused;
                }
                self.show_preview(id, clip);
            }
            Event::Frames { id, clip, .. } => self.show_last(ctx, id, &clip),
            Event::Finished {
                id,
                elapsed,
                record,
                ..
            } => self.finish(ctx, id, elapsed, record),
            Event::Cancelled { id, kept } => self.end(id, kept, None),
            Event::Failed { id, problem, kept } => {
                let elapsed = self.work(id).map(|work| work.elapsed(now));
                let words = self.words();
                let (title, why) = (words.notices.failed, (words.problem)(&problem));
                self.announce(ctx, elapsed.unwrap_or_default(), title, &why);
                if problem == Problem::Gpu(GpuFault::Refused) {
                    self.start_anew(ctx);
                }
                self.end(id, kept, Some(problem));
            }
            Event::Kept(bytes) => self.kept = bytes,
            // A GPU that is not used, and what the window does not ask for.
            Event::Faulty(_) | Event::Measured { .. } | Event::Quantized { .. } => {}
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

    /// Of previews that come faster than they can be enlarged, only the latest is.
    fn show_preview(&mut self, id: u64, clip: Arc<Clip>) {
        self.next_preview = Some((id, clip));
        if !self.makes_preview {
            self.make_preview();
        }
    }

    fn make_preview(&mut self) {
        let next = self.next_preview.take();
        self.makes_preview = next.is_some();
        let Some((id, clip)) = next else {
            return;
        };
        let larger = move || thumbnail::preview(&clip);
        self.files.ask_to_see(larger, move |app, ctx, clip| {
            if let Some(work) = app.work(id) {
                work.show(ctx, Arc::new(clip));
            }
            app.make_preview();
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
        self.queue.end(id);
        self.leaving.retain(|(leaving, _)| *leaving != id);
        if let Some(record) = record {
            let title = self.words().notices.finished;
            self.announce(ctx, elapsed, title, record.name());
            let carried_out = self.works.iter().find(|work| work.handle.id == id);
            let carried_out =
                carried_out.and_then(|work| Some((work.fitted()?, work.by_processor)));
            self.outside.note_slowness(power::slowed());
            let is_typical = self.outside.forget_slowness().is_none();
            if let Some((plan, by_processor)) = carried_out.filter(|_| is_typical) {
                self.estimates.learn(&plan, by_processor, &record.timings);
                let learnt = Box::new(self.estimates.clone());
                self.worker.ask(LibraryCommand::Learn(learnt));
            }
            if self.replace_draft(&record) {
                let shown = self.shown.clone();
                self.show(ctx, shown);
            } else {
                self.worker.ask(LibraryCommand::Add(record));
            }
        }
        self.send_next();
    }

    /// A job ended early. What is kept of it can be resumed.
    fn end(&mut self, id: u64, kept: Option<ResumePoint>, problem: Option<Problem>) {
        self.queue.end(id);
        self.outside.forget_slowness();
        if let Some(place) = self.leaving.iter().position(|(leaving, _)| *leaving == id) {
            let (_, folder) = self.leaving.remove(place);
            // It was given up, so that nobody wants what it did meanwhile.
            self.worker.ask(LibraryCommand::Discard {
                folder,
                in_use: false,
            });
        }
        let phase = match (problem, kept) {
            (Some(problem), kept) => Some(Phase::Failed(problem, kept.map(|kept| kept.step))),
            (None, Some(kept)) => Some(Phase::Interrupted(kept.step)),
            (None, None) => None,
        };
        let at = self.works.iter().position(|work| work.handle.id == id);
        if let Some(at) = at {
            if let Some(phase) = phase {
                let work = &mut self.works[at];
                if let Phase::Interrupted(step) | Phase::Failed(_, Some(step)) = phase {
                    work.kept = step;
                }
                work.phase = phase;
            } else {
                let work = self.works.remove(at);
                self.forget(&work);
            }
        }
        self.send_next();
    }

    /// The engine's thread has ended by itself: its job cannot end any more, and no other begin.
    fn miss_engine(&mut self) {
        self.engine_is_gone = true;
        let at_work = self.queue.at_work().map(|job| job.handle.id);
        if let Some(work) = at_work.and_then(|id| self.work(id)) {
            let kept = Some(work.kept).filter(|kept| *kept > 0);
            work.phase = Phase::Failed(Problem::EngineGone, kept);
        }
        self.tell_problem(&Problem::EngineGone);
    }

    fn hear_library(&mut self, ctx: &Context, event: LibraryEvent) {
        match event {
            LibraryEvent::Read(contents) => {
                self.records = contents.records;
                if let Some(Removed::Clips(removed)) = &self.removed {
                    let is_there =
                        |record: &Record| !removed.iter().any(|gone| gone.id == record.id);
                    self.records.retain(is_there);
                }
                for folder in contents.unfinished {
                    self.offer_unfinished(folder);
                }
                for mut plan in contents.waiting {
                    catalog::find_built_in_again(&mut plan);
                    self.offer(Box::new(plan), Phase::Held);
                }
                self.keep.know_waiting();
                if std::mem::take(&mut self.restart.goes_on) {
                    // After everything that is being looked at.
                    self.files.ask(|| (), |app, _, ()| app.resume_all());
                }
            }
            LibraryEvent::Added(record) => {
                self.shelve(ctx, *record);
            }
            LibraryEvent::Unremoved(record, problem) => {
                self.put_back_clip(*record);
                self.tell_problem(&problem);
            }
            LibraryEvent::Undiscarded(folder, problem) => {
                self.tell_problem(&problem);
                // It is there again at the next start, so it is there now.
                if folder.join("plan.json").exists() {
                    self.offer_unfinished(folder);
                }
            }
            LibraryEvent::Failed(problem) => self.tell_problem(&problem),
        }
    }

    /// A finished video takes the place of its job, on the stage, too.
    fn shelve(&mut self, ctx: &Context, record: Record) {
        let made = |work: &Work| work.output == record.file;
        let at = self.works.iter().position(made);
        let id = record.id.clone();
        self.records.insert(0, record);
        let work = at.map(|at| self.works.remove(at));
        if work.is_some_and(|work| self.shown == Shown::Job(work.handle.id)) {
            self.show(ctx, Shown::Record(id));
        }
    }
}
