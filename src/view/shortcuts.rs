//! The sheet that shows every key.

use egui::{RichText, Ui};

use super::commands::{TABLE, UiCommand, keys};
use super::strings::words;
use super::theme::{self, palette, space, text};
use super::widget::row;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui) {
    let half = TABLE.len().div_ceil(2);
    ui.spacing_mut().item_spacing.x = space::XL;
    ui.columns(2, |columns| {
        for (ui, lines) in columns.iter_mut().zip(TABLE.chunks(half)) {
            ui.spacing_mut().item_spacing.y = space::XS;
            for entry in lines {
                line(ui, entry.command);
            }
        }
    });
}

fn line(ui: &mut Ui, command: UiCommand) {
    row(ui, (words(ui).command)(command), |ui| {
        let keys = RichText::new(keys(ui.ctx(), command)).font(theme::medium(text::BODY));
        ui.label(keys.color(palette(ui).secondary));
    });
}
