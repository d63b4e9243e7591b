//! The *styles*: named sets of settings, to be used, kept and given to others.

use egui::{Align, Layout, Ui};

use super::action::{Action, StyleAction};
use super::icons;
use super::strings::words;
use super::theme::space;
use super::widget::{Button, IconButton, Kind, TextBox, explanation, label, trailing};

/// What the sheet shows.
#[derive(Debug)]
pub struct Styles<'a> {
    /// The names of those that there are.
    pub names: Vec<&'a str>,
    /// The name of a new one, and what is written around prompts.
    pub draft: &'a [String; 2],
}

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, styles: &Styles) -> Option<Action> {
    let words = &words(ui).styles;
    let mut asked = None;
    explanation(ui, words.why);
    ui.add_space(space::S);
    for name in &styles.names {
        ui.horizontal(|ui| {
            label(ui, name);
            trailing(ui, name, |ui| {
                let remove = (words.remove)(name);
                let take = (words.use_it)(name);
                if ui.add(Button::new(words.take).named(&take)).clicked() {
                    asked = Some(StyleAction::Use((*name).to_owned()));
                }
                if ui.add(IconButton::new(icons::TRASH, &remove)).clicked() {
                    asked = Some(StyleAction::Remove((*name).to_owned()));
                }
            });
        });
    }
    ui.add_space(space::M);
    label(ui, words.new);
    let mut draft = styles.draft.clone();
    let [name, around] = &mut draft;
    ui.add(TextBox::new(name, words.name, 1).placeholder(words.name));
    ui.add(TextBox::new(around, words.around, 1).placeholder(words.around_hint));
    explanation(ui, words.around_why);
    ui.add_space(space::S);
    let has_name = !name.trim().is_empty();
    if draft != *styles.draft {
        asked = Some(StyleAction::Draft(draft));
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let save = Button::new(words.save).kind(Kind::Primary);
        if ui.add_enabled(has_name, save).clicked() {
            asked = Some(StyleAction::Save);
        }
        let reveal = (self::words(ui).command)(super::commands::UiCommand::Reveal);
        let reveal = Button::new(reveal).kind(Kind::Quiet);
        if ui.add(reveal).clicked() {
            asked = Some(StyleAction::Reveal);
        }
    });
    asked.map(Action::Style)
}
