//! The sheet that shows the table of keys.

use egui::{RichText, Ui};

use super::keys::{Key, TABLE, keys};
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
            for &(key, _) in lines {
                line(ui, key);
            }
        }
    });
}

fn line(ui: &mut Ui, key: Key) {
    row(ui, (words(ui).key)(key), |ui| {
        let keys = RichText::new(keys(ui.ctx(), key)).font(theme::medium(text::BODY));
        ui.label(keys.color(palette(ui).secondary));
    });
}
