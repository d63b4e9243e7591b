//! A *button* does one thing, which its text names.

use egui::accesskit::Role;
use egui::{Align2, Color32, FontId, Response, Sense, Ui, Vec2, Widget, WidgetInfo, pos2, vec2};

use super::{focus_ring, follow_focus, warmth};
use crate::job::plain_text::one_line;
use crate::view::icons;
use crate::view::theme::{self, palette, radius, size, space, text};

/// Between its text and what stands beside that.
const GAP: f32 = 6.0;
/// The size of a caret.
const CARET: f32 = 12.0;

/// How loud a button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The one that leads on; there is at most one in sight.
    Primary,
    /// An ordinary one.
    Plain,
    /// Text alone, until the pointer comes.
    Quiet,
}

/// A button with text, and perhaps an icon before it.
#[derive(Clone, Copy, Debug)]
#[must_use = "a button does nothing until it is added to a Ui"]
pub struct Button<'a> {
    text: &'a str,
    name: &'a str,
    icon: Option<&'a str>,
    caret: bool,
    kind: Kind,
    wide: bool,
    flush: bool,
}

impl<'a> Button<'a> {
    /// A plain button.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            name: text,
            icon: None,
            caret: false,
            kind: Kind::Plain,
            wide: false,
            flush: false,
        }
    }

    /// Another kind of button.
    pub fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// What it is called where its text alone does not tell what it belongs to.
    pub fn named(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// With an icon before its text.
    pub fn icon(self, icon: &'a str) -> Self {
        Self {
            icon: Some(icon),
            ..self
        }
    }

    /// With a caret behind its text: it opens a menu.
    pub fn caret(self) -> Self {
        Self {
            caret: true,
            ..self
        }
    }

    /// As wide as there is room.
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }

    /// With its text in line with what stands above; the ground under the pointer juts out.
    pub fn flush(self) -> Self {
        Self {
            flush: true,
            ..self
        }
    }

    /// (ground, ground under the pointer, text)
    fn colors(self, ui: &Ui) -> [Color32; 3] {
        let palette = palette(ui);
        match self.kind {
            _ if !ui.is_enabled() && self.kind != Kind::Quiet => {
                [palette.raised, palette.raised, palette.faint]
            }
            Kind::Primary => [palette.accent, palette.accent_lifted, palette.on_accent],
            Kind::Plain => [palette.raised, palette.lifted, palette.text],
            Kind::Quiet => [Color32::TRANSPARENT, palette.raised, palette.secondary],
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let [ground, warm_ground, color] = self.colors(ui);
        let galley =
            ui.painter()
                .layout_no_wrap(one_line(self.text).into(), font(self.kind), color);
        let icon_width = self.icon.map_or(0.0, |_| size::ICON + GAP);
        let caret_width = if self.caret { CARET + GAP } else { 0.0 };
        let content = galley.size() + vec2(icon_width + caret_width, 0.0);
        let padding = if self.kind == Kind::Quiet {
            space::S
        } else {
            space::M
        };
        let [inside, outside] = if self.flush {
            [0.0, padding]
        } else {
            [padding, 0.0]
        };
        let natural = Vec2::new(content.x + 2.0 * inside, size::CONTROL);
        let width = if self.wide {
            ui.available_width()
        } else {
            natural.x
        };
        let (rect, response) = ui.allocate_exact_size(vec2(width, natural.y), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name));
        follow_focus(ui, &response);
        if ui.is_rect_visible(rect) {
            let fill = theme::mix(ground, warm_ground, warmth(ui, &response));
            let ground = rect.expand2(vec2(outside, 0.0));
            ui.painter().rect_filled(ground, radius::CONTROL, fill);
            let [left, middle] = [rect.center().x - content.x / 2.0, rect.center().y];
            let glyph = |x: f32, align, glyph, size| {
                let font = theme::icon(size);
                ui.painter()
                    .text(pos2(x, middle), align, glyph, font, color);
            };
            if let Some(icon) = self.icon {
                glyph(left, Align2::LEFT_CENTER, icon, size::ICON);
            }
            if self.caret {
                let right = left + content.x;
                glyph(right, Align2::RIGHT_CENTER, icons::CARET_DOWN, CARET);
            }
            let place = pos2(left + icon_width, middle - galley.size().y / 2.0);
            ui.painter().galley(place, galley, color);
            focus_ring(ui, &response, ground, radius::CONTROL);
        }
        response
    }
}

fn font(kind: Kind) -> FontId {
    match kind {
        Kind::Primary => theme::semibold(text::BODY),
        Kind::Plain => theme::medium(text::BODY),
        Kind::Quiet => theme::regular(text::BODY),
    }
}
