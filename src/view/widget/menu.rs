//! A *menu* hangs below the button that opens it.

use egui::accesskit::Role;
use egui::{Align2, Popup, PopupCloseBehavior, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, follow_focus, warmth};
use crate::job::plain_text::one_line;
use crate::view::icons;
use crate::view::theme::{self, palette, radius, size, space, text};

/// Shows `content` below `button` once that was clicked, and until a click elsewhere.
pub fn menu<R>(button: &Response, width: f32, content: impl FnOnce(&mut Ui) -> R) -> Option<R> {
    let popup = Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .gap(space::XS)
        .width(width);
    let shown = popup.show(|ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing.y = 2.0;
        content(ui)
    });
    shown.map(|shown| shown.inner)
}

/// One line of a menu, and beneath it a `detail`, which may be empty.
pub fn menu_item(ui: &mut Ui, name: &str, detail: &str, chosen: bool) -> Response {
    menu_line(ui, name, detail, "", chosen)
}

/// The same with the `keys` that do it at the end of the line.
pub fn menu_line(ui: &mut Ui, name: &str, detail: &str, keys: &str, chosen: bool) -> Response {
    let (name, detail) = (&*one_line(name), &*one_line(detail));
    let height = if detail.is_empty() {
        size::CONTROL
    } else {
        size::CONTROL + space::L
    };
    let wanted = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, enabled, chosen, name));
    follow_focus(ui, &response);
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let palette = palette(ui);
    let fill = theme::fade(palette.raised, warmth(ui, &response));
    let painter = ui.painter();
    painter.rect_filled(rect, radius::CONTROL, fill);
    let left = rect.left() + space::S;
    if chosen {
        let place = pos2(rect.right() - space::S, rect.center().y);
        let font = theme::icon(size::ICON - 2.0);
        painter.text(
            place,
            Align2::RIGHT_CENTER,
            icons::CHECK,
            font,
            palette.accent_text,
        );
    }
    if !keys.is_empty() && !chosen {
        let place = pos2(rect.right() - space::S, rect.center().y);
        let font = theme::regular(text::BODY);
        painter.text(place, Align2::RIGHT_CENTER, keys, font, palette.secondary);
    }
    let color = if enabled {
        palette.text
    } else {
        palette.secondary
    };
    let line = |y: f32, words: &str, font, color| {
        painter.text(pos2(left, y), Align2::LEFT_CENTER, words, font, color);
    };
    if detail.is_empty() {
        line(rect.center().y, name, theme::regular(text::BODY), color);
    } else {
        let middle = rect.center().y;
        line(middle - 8.0, name, theme::medium(text::BODY), color);
        line(
            middle + 9.0,
            detail,
            theme::regular(text::CAPTION),
            palette.secondary,
        );
    }
    focus_ring(ui, &response, rect, radius::CONTROL);
    response
}
