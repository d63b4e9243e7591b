//! The sheet that makes *many* videos: a sweep of settings, the lines of a text file, or the pictures of a folder.

use egui::Ui;

use super::action::{Action, BatchAction, SweepDraft};
use super::icons;
use super::strings::words;
use super::theme::space;
use super::widget::{Button, Kind, TextBox, explanation, label, row, switch};

/// What the sheet shows.
#[derive(Debug)]
pub struct Batch<'a> {
    /// What was written.
    pub draft: &'a SweepDraft,
    /// How many videos that makes; none where there is nothing to compare.
    pub videos: usize,
    /// Whether there are LoRAs to go without.
    pub has_loras: bool,
    /// Whether there is a prompt to begin with.
    pub has_prompt: bool,
    /// Whether the model takes pictures.
    pub takes_pictures: bool,
}

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, batch: &Batch) -> Option<Action> {
    let words = &words(ui).batch;
    let mut asked = None;
    let mut draft = batch.draft.clone();
    label(ui, words.sweep);
    explanation(ui, words.sweep_why);
    ui.add(TextBox::new(&mut draft.guidance, words.guidance, 1).placeholder(words.guidance_hint));
    ui.add(TextBox::new(&mut draft.shift, words.shift, 1).placeholder(words.shift_hint));
    if batch.has_loras {
        let turned = row(ui, words.without_loras, |ui| {
            switch(ui, words.without_loras, draft.without_loras)
        });
        draft.without_loras = turned.unwrap_or(draft.without_loras);
    }
    let can = batch.videos > 1 && batch.has_prompt;
    let name = (words.make)(batch.videos);
    let make = Button::new(&name).kind(Kind::Primary);
    let made = ui.add_enabled(can, make);
    if made.on_disabled_hover_text(words.why_not).clicked() {
        asked = Some(BatchAction::Sweep);
    }
    ui.add_space(space::L);
    label(ui, words.many);
    explanation(ui, words.many_why);
    ui.horizontal(|ui| {
        let prompts = Button::new(words.prompts).icon(icons::LIST);
        if ui.add(prompts).clicked() {
            asked = Some(BatchAction::Prompts);
        }
        let pictures = Button::new(words.pictures).icon(icons::FOLDER_OPEN);
        let can = batch.takes_pictures && batch.has_prompt;
        if ui.add_enabled(can, pictures).clicked() {
            asked = Some(BatchAction::Pictures);
        }
    });
    let changed = draft != *batch.draft;
    asked
        .or(changed.then_some(BatchAction::Draft(draft)))
        .map(Action::Batch)
}
