//! A *notice* is a sentence that lies over the stage until it is read.

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, RichText, Stroke};

use super::action::Action;
use super::icons;
use super::strings::words;
use super::theme::{self, palette, radius, size, space, text};
use super::widget::{IconButton, icon};
use crate::job::plain_text::one_line;

const WIDTH: f32 = 420.0;

/// Draws the sentence at the top of the window, below the title bar.
pub fn show(ctx: &Context, sentence: &str, is_bad: bool) -> Option<Action> {
    let offset = [0.0, size::TITLE_BAR + space::M];
    let area = Area::new(Id::unique("notice"))
        // Over sheets, too.
        .order(Order::Tooltip)
        .anchor(Align2::CENTER_TOP, offset);
    let shown = area.show(ctx, |ui| {
        let palette = palette(ui);
        let frame = Frame::new()
            .fill(palette.raised)
            .stroke(Stroke::new(1.0, palette.hairline))
            .shadow(ui.visuals().popup_shadow)
            .corner_radius(radius::CARD)
            .inner_margin(Margin::symmetric(space::M as i8, space::S as i8));
        let shown = frame.show(ui, |ui| {
            ui.set_max_width(WIDTH);
            ui.horizontal(|ui| {
                let (glyph, color) = if is_bad {
                    (icons::WARNING, palette.bad)
                } else {
                    (icons::CHECK, palette.good)
                };
                icon(ui, glyph, color);
                let sentence = RichText::new(one_line(sentence)).font(theme::regular(text::BODY));
                let room = WIDTH - 2.0 * size::CONTROL - space::XL;
                ui.scope(|ui| {
                    ui.set_max_width(room);
                    ui.add(egui::Label::new(sentence.color(palette.text)).wrap());
                });
                let close = IconButton::new(icons::X, words(ui).sheets.close).small();
                ui.add(close).clicked().then_some(Action::Dismiss)
            })
            .inner
        });
        shown.inner
    });
    shown.inner
}
