//! How much of something is done, as a line.

use egui::accesskit::Role;
use egui::{Rect, Response, Sense, Ui, WidgetInfo, vec2};

use crate::view::theme::palette;

const HEIGHT: f32 = 4.0;

/// A line of `width`, filled to `share`, for something called `name`.
pub fn progress(ui: &mut Ui, share: f32, width: f32, name: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    let share = share.clamp(0.0, 1.0);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(share));
        info
    });
    let palette = palette(ui);
    let painter = ui.painter();
    painter.rect_filled(rect, HEIGHT / 2.0, palette.lifted);
    let shown = ui.ctx().animate_value_with_time(response.id, share, 0.3);
    let done = Rect::from_min_size(rect.min, vec2(rect.width() * shown, HEIGHT));
    painter.rect_filled(done, HEIGHT / 2.0, palette.accent);
    response
}
