//! What the video should show.

use egui::Ui;

use super::Compose;
use crate::job::Request;
use crate::view::Action;
use crate::view::strings::words;
use crate::view::widget::TextBox;

const ROWS: usize = 4;

pub fn show(ui: &mut Ui, _: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    ui.add(
        TextBox::new(&mut request.prompt, words.prompt, ROWS)
            .placeholder(words.prompt_placeholder)
            .large(),
    );
    None
}
