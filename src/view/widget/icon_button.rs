//! An *icon button* is a button that needs no text: its name is read by screen readers and shown when
//! the pointer rests on it.

use egui::accesskit::Role;
use egui::{Align2, Response, Sense, Ui, Vec2, Widget, WidgetInfo};

use super::{focus_ring, follow_focus, warmth};
use crate::view::theme::{self, palette, radius, size};

/// A square button with an icon.
#[derive(Clone, Copy, Debug)]
#[must_use = "a button does nothing until it is added to a Ui"]
pub struct IconButton<'a> {
    icon: &'a str,
    name: &'a str,
    keys: &'a str,
    on: Option<bool>,
    side: f32,
}

impl<'a> IconButton<'a> {
    /// A button called `name`.
    pub fn new(icon: &'a str, name: &'a str) -> Self {
        Self {
            icon,
            name,
            keys: "",
            on: None,
            side: size::CONTROL,
        }
    }

    /// Tells the shortcut, too.
    pub fn keys(self, keys: &'a str) -> Self {
        Self { keys, ..self }
    }

    /// Something that is on or off.
    pub fn on(self, on: bool) -> Self {
        Self {
            on: Some(on),
            ..self
        }
    }

    /// For dense places: as small as a line of text.
    pub fn small(self) -> Self {
        Self {
            side: size::ICON + 4.0,
            ..self
        }
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(self.side), Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| match self.on {
            Some(on) => WidgetInfo::selected(Role::Button, enabled, on, self.name),
            None => WidgetInfo::labeled(Role::Button, enabled, self.name),
        });
        follow_focus(ui, &response);
        if ui.is_rect_visible(rect) {
            let palette = palette(ui);
            let warmth = warmth(ui, &response);
            let fill = theme::fade(palette.lifted, warmth);
            ui.painter().rect_filled(rect, radius::CONTROL, fill);
            let color = match self.on {
                _ if !enabled => palette.faint,
                Some(true) => palette.accent_text,
                _ => theme::mix(palette.secondary, palette.text, warmth),
            };
            let icon = if self.side < size::CONTROL {
                size::ICON - 2.0
            } else {
                size::ICON
            };
            ui.painter().text(
                rect.center(),
                Align2::CENTER_CENTER,
                self.icon,
                theme::icon(icon),
                color,
            );
            focus_ring(ui, &response, rect, radius::CONTROL);
        }
        let hint = match self.keys {
            "" => self.name.to_owned(),
            keys => format!("{}  {keys}", self.name),
        };
        response.on_hover_text(hint)
    }
}
