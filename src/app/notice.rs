//! *Notices*: sentences over the stage. Good news leaves by itself, what failed stays until it was read, and what can be
//! taken back says so.

use std::time::Duration;

use egui::Context;

use super::App;
use super::job_state::{Phase, Work};
use crate::error::Error;
use crate::job::{Problem, Record};
use crate::library::LibraryCommand;
use crate::view::action::{Action, Shown};

/// Good news stays for so many seconds, ...
const GOOD: f64 = 3.0;
/// ... and what can be taken back for so many.
const WITH_UNDO: f64 = 5.0;

/// A sentence over the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What it says.
    pub sentence: String,
    /// Whether it is bad news.
    pub is_bad: bool,
    /// What can be taken back.
    pub undo: Option<Undo>,
    /// What would mend it, by its name.
    pub way: Option<(&'static str, Action)>,
    /// When it leaves, in egui's time.
    until: Option<f64>,
}

/// What can be taken back while a notice tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A change of the form.
    Form,
    /// A video was taken away, finished or not.
    Removal,
}

/// What was taken away last, as long as it can be wanted back: until then it is only out of sight.
pub enum Removed {
    /// A job, and its place among the others.
    Job(usize, Box<Work>),
    /// Finished videos.
    Clips(Vec<Record>),
}

impl App {
    /// Says something, in the place of what was said before.
    pub(super) fn tell(&mut self, sentence: impl Into<String>, is_bad: bool) {
        self.say(Notice {
            sentence: sentence.into(),
            is_bad,
            undo: None,
            way: None,
            until: (!is_bad).then_some(self.now + GOOD),
        });
    }

    /// Says what was done, and offers to take it back.
    pub(super) fn tell_with_undo(&mut self, sentence: impl Into<String>, undo: Undo) {
        self.say(Notice {
            sentence: sentence.into(),
            is_bad: false,
            undo: Some(undo),
            way: None,
            until: Some(self.now + WITH_UNDO),
        });
    }

    pub(super) fn warn(&mut self, error: &Error) {
        log::error!("{error}");
        self.tell_problem(&error.problem());
    }

    /// Says what went wrong, in the language of the window.
    pub(super) fn tell_problem(&mut self, problem: &Problem) {
        self.tell((self.words().problem)(problem), true);
    }

    /// The same, with the way that would mend it.
    pub(super) fn warn_with(&mut self, error: &Error, way: (&'static str, Action)) {
        self.warn(error);
        if let Some(notice) = &mut self.notice {
            notice.way = Some(way);
        }
    }

    fn say(&mut self, notice: Notice) {
        self.let_go();
        self.notice = Some(notice);
    }

    /// Takes the notice away, and with it the way back.
    pub(super) fn dismiss(&mut self) {
        self.let_go();
        self.notice = None;
    }

    /// Takes the notice away when it has been there long enough, and tells how long that is still.
    pub(super) fn expire(&mut self) -> Option<Duration> {
        let until = self.notice.as_ref()?.until?;
        let left = until - self.now;
        if left <= 0.0 {
            self.dismiss();
            return None;
        }
        Duration::try_from_secs_f64(left).ok()
    }

    /// Takes back what was done last: what the notice tells of, otherwise the last change of the form.
    pub(super) fn undo(&mut self, ctx: &Context) {
        let told = self.notice.as_ref().and_then(|notice| notice.undo);
        match told {
            Some(Undo::Removal) => self.bring_back(ctx),
            Some(Undo::Form) | None => self.undo_form(),
        }
        if told.is_some() {
            self.notice = None;
        }
        ctx.request_repaint();
    }

    /// What mends it was asked for: it has been read.
    pub(super) fn is_way(&self, action: &Action) -> bool {
        let way = self.notice.as_ref().and_then(|notice| notice.way.as_ref());
        way.is_some_and(|(_, other)| other == action)
    }

    /// Whether there is something to take back. While a field is `typed` into, what was typed comes first.
    pub(super) fn can_undo(&self, typed: bool) -> bool {
        self.removed.is_some() || self.can_undo_form(typed)
    }

    /// Puts back what was taken away last.
    fn bring_back(&mut self, ctx: &Context) {
        match self.removed.take() {
            Some(Removed::Job(at, work)) => {
                let id = work.handle.id;
                self.works.insert(at.min(self.works.len()), *work);
                self.shown = Shown::Job(id);
                self.arrange();
            }
            Some(Removed::Clips(records)) => {
                let id = records.first().map(|record| record.id.clone());
                for record in records {
                    self.put_back_clip(record);
                }
                if let Some(id) = id {
                    self.show(ctx, Shown::Record(id));
                }
            }
            None => {}
        }
    }

    /// Nobody wants back any more what was taken away last.
    pub(super) fn let_go(&mut self) {
        match self.removed.take() {
            Some(Removed::Job(_, work)) if self.is_at_work(work.handle.id) => {
                self.leaving.push((work.handle.id, work.run_folder()));
            }
            Some(Removed::Job(_, work)) if work.phase != Phase::Held => {
                self.worker.ask(LibraryCommand::Discard {
                    folder: work.run_folder(),
                    in_use: false,
                });
            }
            Some(Removed::Clips(records)) => {
                for record in records {
                    self.worker.ask(LibraryCommand::Remove(Box::new(record)));
                }
            }
            Some(Removed::Job(..)) | None => {}
        }
    }
}
