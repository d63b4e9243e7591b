//! Controls in the house's own clothes: each is drawn with the tokens, reached with the keyboard and
//! named for screen readers.

mod button;
mod disclosure;
mod icon_button;
mod label;
mod menu;
mod number;
mod progress;
mod row;
mod segmented;
mod slider;
mod switch;
mod text_box;
mod trailing;

pub use button::{Button, Kind};
pub use disclosure::disclosure;
pub use icon_button::IconButton;
pub use label::{caption, explanation, heading, icon, label, warning};
pub use menu::{menu, menu_item, menu_line};
pub use number::Number;
pub use progress::progress;
pub use row::{choice, row};
pub use segmented::{Face, Segment, segmented};
pub use slider::Slider;
pub use switch::switch;
pub use text_box::TextBox;
pub use trailing::trailing;

use egui::{CornerRadius, Rect, Response, Stroke, StrokeKind, Ui, pos2, vec2};

use super::theme::{self, palette, size, space};
use crate::job::Size;

/// How far the pointer's presence has faded in, 0 to 1.
pub fn warmth(ui: &Ui, response: &Response) -> f32 {
    let warm = response.enabled() && (response.hovered() || response.is_pointer_button_down_on());
    ui.ctx().animate_bool(response.id, warm)
}

/// Brings what the keyboard has come to into sight, where it lies in something that scrolls.
pub fn follow_focus(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        ui.scroll_to_rect(response.rect.expand(space::L), None);
    }
}

/// The ring around what the keyboard talks to, which is in sight then.
pub fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: u8) {
    follow_focus(ui, response);
    if response.has_focus() {
        let stroke = Stroke::new(size::FOCUS_RING, theme::fade(palette(ui).accent, 0.9));
        let radius = CornerRadius::same(radius + 2);
        let ring = rect.expand(2.0);
        ui.painter()
            .rect_stroke(ring, radius, stroke, StrokeKind::Middle);
    }
}

/// The largest rectangle of a picture's shape in `room`, in whole pixels.
pub fn fitted(ui: &Ui, room: Rect, size: Size) -> Rect {
    let aspect = size.aspect() as f32;
    let width = room.width().min(room.height() * aspect).max(1.0);
    let rect = Rect::from_center_size(room.center(), vec2(width, width / aspect));
    let point = ui.pixels_per_point();
    let round = |at: f32| (at * point).round() / point;
    let corner = pos2(round(rect.left()), round(rect.top()));
    Rect::from_min_size(corner, vec2(round(rect.width()), round(rect.height())))
}
