//! The *models* on this machine, and what each can do.

use egui::Ui;

use super::Action;
use super::strings::words;
use super::widget::{explanation, menu_item};
use crate::job::Checkpoint;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, models: &[Checkpoint], chosen: Option<&Checkpoint>) -> Option<Action> {
    let words = words(ui);
    let mut asked = None;
    for model in models {
        let is_chosen = chosen.is_some_and(|chosen| chosen.root == model.root);
        let detail = (words.model_does)(model.variant.pictures());
        if menu_item(ui, &model.name, detail, is_chosen).clicked() {
            asked = Some(Action::UseModel(model.root.clone()));
        }
    }
    explanation(ui, words.settings.models_why);
    asked
}
