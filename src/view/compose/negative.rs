//! What the video should not show.

use egui::Ui;

use super::Compose;
use crate::job::{Negative, Request};
use crate::view::Action;
use crate::view::action::Part;
use crate::view::strings::words;
use crate::view::widget::{Button, Kind, TextBox, disclosure};

const ROWS: usize = 2;

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let default = &form.model.defaults.negative_prompt;
    let remark = match &request.negative {
        Negative::Default => words.model_default,
        Negative::Empty => words.none,
        Negative::Text(text) => text,
    };
    let toggled = disclosure(ui, form.negative_open, words.negative, remark).clicked();
    if form.negative_open {
        edit(ui, default, &mut request.negative);
    }
    toggled.then_some(Action::Fold(Part::Negative))
}

/// The box holds the model's own text until it is changed.
fn edit(ui: &mut Ui, default: &str, negative: &mut Negative) {
    let words = &words(ui).compose;
    let mut text = match negative {
        Negative::Default => default.to_owned(),
        Negative::Empty => String::new(),
        Negative::Text(text) => text.clone(),
    };
    let field = TextBox::new(&mut text, words.negative, ROWS).placeholder(words.none);
    if ui.add(field).changed() {
        *negative = match text {
            same if same == default => Negative::Default,
            empty if empty.is_empty() => Negative::Empty,
            text => Negative::Text(text),
        };
    }
    let again = Button::new(words.use_model_default)
        .kind(Kind::Quiet)
        .flush();
    if *negative != Negative::Default && ui.add(again).clicked() {
        *negative = Negative::Default;
    }
}
