//! The sheet that shows the table of keys.

use egui::{Align, Layout, RichText, Ui};

use super::keys::{TABLE, keys};
use super::strings::words;
use super::theme::{self, palette, text};
use super::widget::label;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui) {
    for (key, _) in TABLE {
        ui.horizontal(|ui| {
            label(ui, (words(ui).key)(key));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let keys = RichText::new(keys(ui.ctx(), key)).font(theme::medium(text::BODY));
                ui.label(keys.color(palette(ui).secondary));
            });
        });
    }
}
