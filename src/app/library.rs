//! What can be done with what was made, and how it is looked at.

use std::path::PathBuf;

use egui::Context;

use super::dialogs::Question;
use super::player::Player;
use super::{App, thumbnail};
use crate::job::{Record, Size};
use crate::library::LibraryCommand;
use crate::view::action::{RecordAction, Shown};
use crate::view::cell::{Outcome, Stack};

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
            RecordAction::Locate => self.locate(id.to_owned()),
            RecordAction::Trash => self.remove_clips(ctx, &[id.to_owned()]),
        }
    }

    /// Asks where the file of a clip is by now.
    fn locate(&self, id: String) {
        let words = &self.words().compose;
        let question = Question::File {
            pictures: words.pictures,
            videos: words.videos,
        };
        let answer = (self.ask)(question);
        self.files.wait(answer, move |app, ctx, file| {
            let Some(record) = app.records.iter_mut().find(|record| record.id == id) else {
                return;
            };
            record.file = file;
            let record = Box::new(record.clone());
            app.worker.ask(LibraryCommand::Save(record));
            app.show(ctx, Shown::Record(id));
        });
    }

    /// What the library shows, in its order.
    pub(super) fn library_order(&self) -> Vec<(&Record, Option<Stack>)> {
        let found = self.records.iter();
        let mut found: Vec<&Record> = found.filter(|record| self.search.finds(record)).collect();
        self.preferences.order.sort(&mut found);
        if self.preferences.unstacked {
            return found.into_iter().map(|record| (record, None)).collect();
        }
        self.stacked(&found, true)
    }

    /// Puts a clip back among the others, where it was.
    pub(super) fn put_back_clip(&mut self, record: Record) {
        let newer = |other: &Record| (other.made, &other.id) > (record.made, &record.id);
        let at = self.records.iter().take_while(|other| newer(other)).count();
        self.records.insert(at, record);
    }
}
