//! The form's *history*: what it held before it was emptied, restored or given another picture, so that no slip costs
//! more than a key. What is typed in between, the fields themselves undo.

use std::path::PathBuf;

use super::App;
use super::form::Form;
use crate::job::Request;

/// More slips than anybody takes back.
const MOST: usize = 50;

/// The forms before this one, and those after it that were taken back.
#[derive(Default)]
pub struct History {
    past: Vec<State>,
    future: Vec<State>,
    /// What the form held after the last change that counts here.
    left: Option<Request>,
}

#[derive(Clone)]
struct State {
    form: Form,
    model: Option<PathBuf>,
}

impl History {
    /// Whether something was typed or turned since.
    fn is_edited(&self, request: &Request) -> bool {
        self.left.as_ref() != Some(request)
    }
}

impl App {
    /// Changes the form as a whole, in a way that can be taken back.
    pub(super) fn change_form(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.state();
        change(self);
        if before.form.request == self.form.request && before.model == self.preferences.model {
            return;
        }
        self.history.past.push(before);
        self.history.future.clear();
        if self.history.past.len() > MOST {
            self.history.past.remove(0);
        }
        self.settle();
    }

    /// Takes the last change of the form back.
    pub(super) fn undo_form(&mut self) {
        if let Some(before) = self.history.past.pop() {
            let now = self.state();
            self.history.future.push(now);
            self.put_back(before);
        }
    }

    /// Makes a change again that was taken back.
    pub(super) fn redo_form(&mut self) {
        if let Some(after) = self.history.future.pop() {
            let now = self.state();
            self.history.past.push(now);
            self.put_back(after);
        }
    }

    /// Whether there is a change of the form to take back. While a field is `typed` into, what was typed comes first.
    pub(super) fn can_undo_form(&self, typed: bool) -> bool {
        let first = !typed || !self.history.is_edited(&self.form.request);
        first && !self.history.past.is_empty()
    }

    /// Whether there is one to make again, and nothing has come between.
    pub(super) fn can_redo_form(&self) -> bool {
        !self.history.future.is_empty() && !self.history.is_edited(&self.form.request)
    }

    fn state(&self) -> State {
        State {
            form: self.form.clone(),
            model: self.preferences.model.clone(),
        }
    }

    fn put_back(&mut self, state: State) {
        let latest_seed = self.form.latest_seed;
        // These belong to the machine, not to a video.
        let quality = self.form.request.outputs.quality;
        let limits = self.form.request.limits;
        self.form = state.form;
        self.form.latest_seed = latest_seed;
        self.form.request.outputs.quality = quality;
        self.form.request.limits = limits;
        self.preferences.model = state.model;
        // A picture that was still being read has come to nobody.
        self.read_missing_photos();
        self.settle();
    }

    fn settle(&mut self) {
        self.history.left = Some(self.form.request.clone());
    }
}
