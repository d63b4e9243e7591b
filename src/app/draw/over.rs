//! What lies over the window: a sheet, a notice, the target for files.

use egui::Ui;

use crate::app::App;
use crate::app::download::Downloading;
use crate::view::action::{Action, Sheet};
use crate::view::cell::Outcome;
use crate::view::library::{self, Library};
use crate::view::{drop_target, export, models, notice, paint, settings, sheet, shortcuts};

impl App {
    pub(super) fn draw_over(&self, ui: &mut Ui, outcome: &mut Outcome) -> Vec<Action> {
        let ctx = ui.ctx().clone();
        let mut asked = Vec::new();
        if let Some(sheet) = self.sheet {
            asked.extend(sheet::show(ui, sheet, |ui| {
                self.draw_sheet(ui, sheet, outcome)
            }));
        }
        if let Some(notice) = &self.notice {
            let view = notice::Notice {
                sentence: &notice.sentence,
                is_bad: notice.is_bad,
                can_undo: notice.undo.is_some(),
            };
            asked.extend(notice::show(&ctx, self.stage, view));
        }
        drop_target::show(ui);
        asked
    }

    fn draw_sheet(&self, ui: &mut Ui, sheet: Sheet, outcome: &mut Outcome) -> Option<Action> {
        match sheet {
            Sheet::Shortcuts => {
                shortcuts::show(ui);
                None
            }
            Sheet::Paint => paint::show(ui, &self.painting_view()?),
            Sheet::Settings => settings::show(ui, &self.saved_settings()),
            Sheet::Models => models::show(ui, &self.models_view()),
            Sheet::Export => export::show(ui, &self.exporting.view(self.player.as_ref()?)),
            Sheet::Library => {
                let found = self
                    .records
                    .iter()
                    .filter(|record| self.search.finds(record));
                let library = Library {
                    cells: found.map(|record| self.cell_of_record(record)).collect(),
                    search: &self.search.words,
                    favourites: self.search.favourites,
                };
                // What is beneath the sheet is not seen.
                *outcome = library::show(ui, &library);
                outcome.asked.take()
            }
        }
    }

    fn models_view(&self) -> models::Models<'_> {
        models::Models {
            installed: &self.found.installed,
            folders: &self.found.folders,
            offers: &self.offers,
            coming: self.downloading.as_ref().map(Downloading::view),
            chosen: self.model().map(|model| model.root.as_path()),
        }
    }

    fn saved_settings(&self) -> settings::Settings<'_> {
        settings::Settings {
            appearance: self.preferences.appearance,
            language: self.language(),
            zoom: self.preferences.zoom,
            by_processor: self.preferences.by_processor,
            memory_limit: self.form.request.limits.memory,
            memory: self.memory.total(),
            kept: self.kept,
            preview: self.preferences.preview,
            quality: self.form.request.outputs.quality,
            videos: &self.library.places().videos,
        }
    }
}
