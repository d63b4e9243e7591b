//! A *quick look* at a video, over whatever is open: Space brings it, and Space or Esc takes it away.

use egui::accesskit::Role;
use egui::{Area, Context, Id, Order, Rect, Sense, TextureHandle, WidgetInfo, pos2};

use super::action::Action;
use super::theme::{self, STAGE, UNTINTED, radius, space};
use super::widget::fitted;
use crate::job::Size;

/// Draws it over everything. A click takes it away.
pub fn show(
    ctx: &Context,
    picture: Option<&TextureHandle>,
    size: Size,
    name: &str,
) -> Option<Action> {
    let room = ctx.content_rect();
    let area = Area::new(Id::unique("quick look"))
        .order(Order::Tooltip)
        .fixed_pos(room.min);
    let shown = area.show(ctx, |ui| {
        let response = ui.allocate_rect(room, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let painter = ui.painter();
        painter.rect_filled(room, 0.0, theme::black(0.6));
        let place = fitted(ui, room.shrink(4.0 * space::XL), size);
        painter.rect_filled(place.expand(space::S), radius::CARD, STAGE);
        if let Some(texture) = picture {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), place, whole, UNTINTED);
        }
        response.clicked()
    });
    shown.inner.then_some(Action::QuickLook(None))
}
