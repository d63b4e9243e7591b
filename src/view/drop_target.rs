//! While a file hangs over the window, the whole window is its target.

use egui::{Align2, Ui, vec2};

use super::icons;
use super::strings::words;
use super::theme::{self, palette, radius, space, text};

/// Draws the target over everything, if a file hangs over the window.
pub fn show(ui: &Ui) {
    let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
    let id = ui.scope_id().with("drop target");
    let opacity = ui.ctx().animate_bool(id, hovering);
    if opacity <= 0.0 {
        return;
    }
    let palette = palette(ui);
    let layer = egui::LayerId::new(egui::Order::Foreground, id);
    let painter = ui.ctx().layer_painter(layer);
    let room = ui.ctx().content_rect();
    painter.rect_filled(room, 0.0, theme::black(0.72 * opacity));
    let frame = room.shrink(space::XL);
    let stroke = egui::Stroke::new(2.0, theme::fade(palette.accent, opacity));
    painter.rect_stroke(frame, radius::CARD, stroke, egui::StrokeKind::Inside);
    let middle = room.center();
    let bright = theme::fade(theme::DARK.text, opacity);
    let dim = theme::fade(theme::DARK.secondary, opacity);
    let lamp = theme::fade(theme::DARK.accent, opacity);
    let words = &words(ui).drop;
    let line = |dy: f32, words: &str, font, color| {
        painter.text(
            middle + vec2(0.0, dy),
            Align2::CENTER_CENTER,
            words,
            font,
            color,
        );
    };
    line(-40.0, icons::IMAGE, theme::icon(36.0), lamp);
    line(6.0, words.title, theme::semibold(text::TITLE), bright);
    line(32.0, words.detail, theme::regular(text::BODY), dim);
}
