//! What is *kept* while the window is open, so that neither a quit nor a crash loses it: the form, and the
//! jobs that wait.

use std::path::Path;
use std::time::{Duration, Instant};

use egui::Context;
use serde_json::Value;

use super::job_state::Phase;
use super::{App, Preferences};
use crate::library::LibraryCommand;
use crate::media::json;

/// What changed is written down after so long: in between, a sentence can be typed.
const SOON: Duration = Duration::from_secs(2);

/// The number of no job, for they are counted from 1.
const NO_JOB: u64 = 0;

/// What was kept last.
pub struct Autosave {
    /// The form and how the window looks.
    saved: Preferences,
    /// What a newer version of the program has written beside them.
    unknown: Value,
    /// When they will be written down, if they have changed: in egui's time, and by the clock, for the time of a window
    /// that is hidden stands still.
    due: Option<(f64, Instant)>,
    /// The numbers of the jobs; unknown until the library has told which waited before.
    waiting: Option<Vec<u64>>,
}

impl Autosave {
    /// At the start this is kept already, in this file if there is one.
    pub fn new(preferences: Preferences, path: Option<&Path>) -> Self {
        Self {
            unknown: path
                .map(json::unknown_fields::<Preferences>)
                .unwrap_or_default(),
            saved: preferences,
            due: None,
            waiting: None,
        }
    }

    /// From now on it is known which jobs wait. They are written down anew: of those that were, some have been begun, and
    /// must not come back when what they left is taken away.
    pub fn know_waiting(&mut self) {
        self.waiting.get_or_insert_with(|| vec![NO_JOB]);
    }
}

impl App {
    /// Keeps what has changed.
    pub(super) fn keep(&mut self, ctx: &Context) {
        self.keep_waiting();
        self.preferences.request = self.form.request.clone();
        if self.preferences == self.keep.saved {
            return;
        }
        let (time, now) = (ctx.input(|input| input.time), Instant::now());
        match self.keep.due {
            None => {
                self.keep.due = Some((time + SOON.as_secs_f64(), now + SOON));
                ctx.request_repaint_after(SOON);
            }
            Some((due, by_clock)) if time < due && now < by_clock => {}
            Some(_) => self.save(),
        }
    }

    /// Writes down what shall be as it is at the next start.
    pub(super) fn save(&mut self) {
        self.preferences.request = self.form.request.clone();
        self.keep.due = None;
        self.keep.saved = self.preferences.clone();
        if let Some(path) = &self.preferences_path {
            match serde_json::to_value(&self.preferences) {
                Ok(mut saved) => {
                    json::keep_unknown(&mut saved, &self.keep.unknown);
                    self.worker.ask(LibraryCommand::Write(path.clone(), saved));
                }
                Err(error) => self.tell(error.to_string(), true),
            }
        }
    }

    /// Interrupted jobs keep themselves, in their run folders; so does one that is about to end. What failed and left
    /// nothing is tried again where somebody asks for it.
    pub(super) fn keep_waiting(&mut self) {
        let Some(kept) = &mut self.keep.waiting else {
            return;
        };
        let is_kept_here = |phase: &Phase| !matches!(phase, Phase::Interrupted(_) | Phase::Ending);
        let works = self.works.iter().filter(|work| is_kept_here(&work.phase));
        let waiting: Vec<u64> = works.clone().map(|work| work.handle.id).collect();
        if *kept != waiting {
            *kept = waiting;
            let plans = works
                .filter_map(|work| work.plan.as_deref().cloned())
                .collect();
            self.worker.ask(LibraryCommand::Wait(plans));
        }
    }
}
