//! A *disclosure* is a line that opens what lies beneath it.

use egui::accesskit::Role;
use egui::{Align2, Response, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{focus_ring, follow_focus, warmth};
use crate::view::icons;
use crate::view::theme::{self, palette, radius, size, space, text};

/// A line called `name`, with a `remark` at its end. Whether it is open is kept elsewhere.
pub fn disclosure(ui: &mut Ui, open: bool, name: &str, remark: &str) -> Response {
    let wanted = vec2(ui.available_width(), size::CONTROL);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::DisclosureTriangle, ui.is_enabled(), open, name)
    });
    follow_focus(ui, &response);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let palette = palette(ui);
    let warmth = warmth(ui, &response);
    let color = theme::mix(palette.secondary, palette.text, warmth);
    let painter = ui.painter();
    let caret = if open {
        icons::CARET_DOWN
    } else {
        icons::CARET_RIGHT
    };
    let middle = rect.center().y;
    let font = theme::icon(size::ICON - 4.0);
    let place = pos2(rect.left(), middle);
    painter.text(place, Align2::LEFT_CENTER, caret, font, color);
    let left = rect.left() + size::ICON + space::XS;
    let name = painter.layout_no_wrap(name.into(), theme::medium(text::BODY), palette.text);
    let name_end = left + name.size().x + space::S;
    painter.galley(pos2(left, middle - name.size().y / 2.0), name, palette.text);
    if !remark.is_empty() {
        let room = Vec2::new(rect.right() - name_end, rect.height());
        let remark = one_line(ui, remark, room.x);
        let place = rect.right_center() - vec2(remark.size().x, remark.size().y / 2.0);
        ui.painter().galley(place, remark, palette.secondary);
    }
    focus_ring(ui, &response, rect, radius::CONTROL);
    response
}

/// `words` in the small size, cut with an ellipsis where there is no more room.
fn one_line(ui: &Ui, words: &str, width: f32) -> std::sync::Arc<egui::Galley> {
    let font = theme::regular(text::CAPTION);
    let color = palette(ui).secondary;
    let mut job = egui::text::LayoutJob::simple_singleline(words.replace('\n', " "), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}
