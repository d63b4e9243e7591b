//! A *switch* is on or off.

use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, follow_focus, warmth};
use crate::view::theme::{self, palette, size};

const WIDTH: f32 = 36.0;
const HEIGHT: f32 = 20.0;

/// Draws a switch called `name`, and tells how it was turned just now.
pub fn switch(ui: &mut Ui, name: &str, on: bool) -> Option<bool> {
    let (room, response) = ui.allocate_exact_size(vec2(WIDTH, size::CONTROL), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, on, name));
    follow_focus(ui, &response);
    let palette = palette(ui);
    let turned = ui.ctx().animate_bool(response.id.with("turned"), on);
    let rail = Rect::from_center_size(room.center(), vec2(WIDTH, HEIGHT));
    let off = theme::mix(palette.raised, palette.lifted, warmth(ui, &response));
    let round = (HEIGHT / 2.0) as u8;
    let ground = theme::mix(off, palette.accent, turned);
    ui.painter().rect_filled(rail, round, ground);
    let reach = WIDTH - HEIGHT;
    let knob = pos2(rail.left() + HEIGHT / 2.0 + reach * turned, rail.center().y);
    let color = theme::mix(palette.secondary, palette.on_accent, turned);
    ui.painter().circle_filled(knob, HEIGHT / 2.0 - 3.0, color);
    focus_ring(ui, &response, rail, round);
    response.clicked().then_some(!on)
}
