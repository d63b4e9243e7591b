//! Text that is only read.

use egui::{Align2, Color32, Label, Response, RichText, Sense, Ui, Vec2};

use crate::job::plain_text::one_line;
use crate::view::theme::{self, palette, size, text};

/// What a control is called.
pub fn label(ui: &mut Ui, words: &str) -> Response {
    let words = RichText::new(one_line(words)).font(theme::medium(text::BODY));
    ui.add(Label::new(words.color(palette(ui).text)))
}

/// A value, a count, a remark.
pub fn caption(ui: &mut Ui, words: &str) -> Response {
    let words = RichText::new(one_line(words)).font(theme::regular(text::CAPTION));
    ui.add(Label::new(words.color(palette(ui).secondary)))
}

/// A sentence or two that explain, wrapped to the width that there is.
pub fn explanation(ui: &mut Ui, words: &str) -> Response {
    let words = RichText::new(one_line(words)).font(theme::regular(text::CAPTION));
    ui.add(Label::new(words.color(palette(ui).secondary)).wrap())
}

/// Why something cannot work, wrapped to the width that there is.
pub fn warning(ui: &mut Ui, words: &str) -> Response {
    let words = RichText::new(one_line(words)).font(theme::regular(text::CAPTION));
    ui.add(Label::new(words.color(palette(ui).bad)).wrap())
}

/// The name of a sheet or a section.
pub fn heading(ui: &mut Ui, words: &str) -> Response {
    let words = RichText::new(one_line(words)).font(theme::semibold(text::LARGE));
    ui.add(Label::new(words.color(palette(ui).text)))
}

/// An icon that is only seen.
pub fn icon(ui: &mut Ui, glyph: &str, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::ICON), Sense::empty());
    let font = theme::icon(size::ICON);
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, glyph, font, color);
}
