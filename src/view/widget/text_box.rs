//! A *text box* grows with what is typed into it.

use egui::{Align2, Frame, Margin, Response, RichText, ScrollArea, TextEdit, Ui, Widget, vec2};

use super::focus_ring;
use crate::view::theme::{self, palette, radius, size, space, text};

/// It grows up to so many lines; then it scrolls.
const MOST_ROWS: f32 = 14.0;

/// A box for text.
#[must_use = "a box does nothing until it is added to a Ui"]
pub struct TextBox<'a> {
    value: &'a mut String,
    name: &'a str,
    placeholder: &'a str,
    rows: usize,
    size: f32,
}

impl<'a> TextBox<'a> {
    /// A box called `name` of at least `rows` lines.
    pub fn new(value: &'a mut String, name: &'a str, rows: usize) -> Self {
        Self {
            value,
            name,
            placeholder: "",
            rows,
            size: text::BODY,
        }
    }

    /// What stands there while it is empty.
    pub fn placeholder(self, placeholder: &'a str) -> Self {
        Self {
            placeholder,
            ..self
        }
    }

    /// In larger type.
    pub fn large(self) -> Self {
        Self {
            size: text::LARGE,
            ..self
        }
    }
}

impl Widget for TextBox<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let palette = palette(ui);
        let font = theme::regular(self.size);
        let hint = RichText::new(self.placeholder)
            .font(font.clone())
            .color(palette.secondary);
        let (field, above) = if self.rows > 1 {
            let field = TextEdit::multiline(self.value).desired_rows(self.rows);
            (field, space::S + 2.0)
        } else {
            // It stands in line with other controls.
            let field = TextEdit::singleline(self.value).align(Align2::LEFT_CENTER);
            (field.min_size(vec2(0.0, size::CONTROL)), 0.0)
        };
        let frame = Frame::new()
            .fill(palette.raised)
            .corner_radius(radius::CONTROL)
            .inner_margin(Margin::symmetric(space::M as i8, above as i8));
        let field = field
            .font(font.clone())
            .hint_text(hint)
            .frame(Frame::NONE)
            .margin(Margin::ZERO)
            .desired_width(f32::INFINITY);
        let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
        let shown = frame.show(ui, |ui| {
            if self.rows == 1 {
                return ui.add(field);
            }
            let scroll = ScrollArea::vertical()
                .id_salt(self.name)
                .max_height(MOST_ROWS * row);
            scroll.show(ui, |ui| ui.add(field)).inner
        });
        let response = shown.inner;
        focus_ring(ui, &response, shown.response.rect, radius::CONTROL);
        response.accessible_name(self.name)
    }
}
