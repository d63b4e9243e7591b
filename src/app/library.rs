//! What can be done with what was made, and how it is looked at.

use std::path::PathBuf;

use egui::Context;

use super::notice::{Removed, Undo};
use super::player::Player;
use super::{App, thumbnail};
use crate::job::{Record, Size};
use crate::library::LibraryCommand;
use crate::view::action::{RecordAction, Shown};
use crate::view::cell::Outcome;

/// As large as a cell is drawn.
const GLIMPSE: Size = Size::new(360, 360);

impl App {
    /// Looks after what cells have shown: posters that are missing, and the clip under the pointer.
    pub(super) fn see(&mut self, ctx: &Context, outcome: &Outcome) {
        for id in &outcome.bare {
            let poster = self.record(id).and_then(|record| record.poster.clone());
            if let Some(path) = poster.filter(|_| self.posters.ask(id)) {
                self.read_poster(id.clone(), path);
            }
        }
        let shown = self.glimpse.as_ref().map(|glimpse| &glimpse.record.id);
        if shown != outcome.hovered.as_ref() {
            let record = outcome.hovered.as_ref().and_then(|id| self.record(id));
            let glimpse = record
                .cloned()
                .map(|record| Player::open(ctx, record, Some(GLIMPSE)));
            // Where it cannot be read, the poster stays: the stage tells why when it is clicked.
            self.glimpse = glimpse.and_then(Result::ok);
        }
    }

    fn read_poster(&self, id: String, path: PathBuf) {
        let read = move || thumbnail::picture(&path);
        self.files.ask_to_see(read, |app, ctx, poster| {
            // A video without its poster is found by its name.
            if let Ok((pixels, _)) = poster {
                app.posters.take(ctx, id, pixels);
            }
        });
    }

    pub(super) fn handle_record(&mut self, ctx: &Context, id: &str, action: RecordAction) {
        let Some(record) = self.records.iter_mut().find(|record| record.id == id) else {
            return;
        };
        match action {
            RecordAction::Favourite => {
                record.favourite = !record.favourite;
                self.worker
                    .ask(LibraryCommand::Save(Box::new(record.clone())));
            }
            RecordAction::MakeReal => {
                let record = record.clone();
                self.make_real(record);
            }
            RecordAction::Restore => {
                let (model, request) = (record.model.clone(), record.request());
                self.restore(Some(model), request);
            }
            RecordAction::Reveal => {
                let file = record.file.clone();
                self.reveal(&file);
            }
            RecordAction::Trash => self.remove_clip(ctx, id),
        }
    }

    /// Takes a clip out of sight. Its file goes to the Trash as soon as nobody can want it back any more.
    fn remove_clip(&mut self, ctx: &Context, id: &str) {
        let Some(at) = self.records.iter().position(|record| record.id == id) else {
            return;
        };
        self.tell_with_undo(self.words().notices.trashed, Undo::Removal);
        let record = self.records.remove(at);
        if self.shown == Shown::Record(record.id.clone()) {
            self.show(ctx, Shown::Welcome);
        }
        self.removed = Some(Removed::Clip(Box::new(record)));
    }

    /// Puts a clip back among the others, where it was.
    pub(super) fn put_back_clip(&mut self, record: Record) {
        let newer = |other: &Record| (other.made, &other.id) > (record.made, &record.id);
        let at = self.records.iter().take_while(|other| newer(other)).count();
        self.records.insert(at, record);
    }
}
