//! The *player* shows a finished clip. Its controls go when nobody needs them.

use std::time::Duration;

use egui::accesskit::Role;
use egui::{CursorIcon, Rect, Response, Sense, Ui, UiBuilder, Vec2, WidgetInfo, pos2, vec2};

use super::clip::Player;
use super::controls;
use crate::view::action::{Action, PlayerAction};
use crate::view::strings::words;
use crate::view::theme::{self, SHADE, UNTINTED, motion, space};
use crate::view::widget::fitted;

pub fn show(ui: &mut Ui, player: &Player) -> Option<Action> {
    let room = ui.max_rect();
    let Some(texture) = player.picture else {
        ui.centered_and_justified(|ui| ui.label(words(ui).stage.opening));
        return None;
    };
    let id = ui.scope_id().with("clip");
    let response = ui.interact(room, id, Sense::click_and_drag());
    let rect = place(ui, &response, room, player);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, player.name));
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let clipped = ui.painter().with_clip_rect(room);
    clipped.image(texture.id(), rect, whole, UNTINTED);
    let height = controls::height(player);
    let opacity = presence(ui, height);
    let mut asked = None;
    if opacity > 0.0 {
        let foot = Rect::from_min_max(room.left_bottom() - vec2(0.0, height), room.max);
        let dark = theme::fade(SHADE, opacity);
        ui.painter().rect_filled(foot, 0.0, dark);
        let inner = foot.shrink2(vec2(space::L, 0.0));
        let mut ui = ui.new_child(UiBuilder::new().max_rect(inner));
        ui.multiply_opacity(opacity);
        asked = controls::show(&mut ui, player);
    }
    if response.double_clicked() {
        return Some(Action::FullScreen);
    }
    let toggled = response.clicked();
    asked.or(toggled.then_some(Action::Player(PlayerAction::Toggle)))
}

/// Where the frames are drawn. Those that are larger than the stage can be slid.
fn place(ui: &Ui, response: &Response, room: Rect, player: &Player) -> Rect {
    if !player.actual_size {
        return fitted(ui, room, player.size);
    }
    let pixels = Vec2::new(player.size.width as f32, player.size.height as f32);
    let size = pixels / ui.pixels_per_point();
    let slack = ((size - room.size()) / 2.0).max(Vec2::ZERO);
    let id = response.id.with("slid");
    let before: Vec2 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let slid = (before + response.drag_delta()).clamp(-slack, slack);
    ui.data_mut(|data| data.insert_temp(id, slid));
    if slack != Vec2::ZERO && response.hovered() {
        ui.ctx().set_cursor_icon(if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        });
    }
    let corner = room.center() - size / 2.0 + slid;
    Rect::from_min_size(pos2(corner.x.round(), corner.y.round()), size)
}

/// How visible the controls are: fully while the pointer moves or the keyboard is among them.
fn presence(ui: &Ui, height: f32) -> f32 {
    let (idle, inside) = ui.input(|input| {
        let idle = f64::from(input.pointer.time_since_last_movement());
        (idle, input.pointer.has_pointer())
    });
    let focused = ui.memory(egui::Memory::focused);
    let focused = focused.and_then(|id| ui.ctx().read_response(id));
    let foot = Rect::from_min_max(
        ui.max_rect().left_bottom() - vec2(0.0, height),
        ui.max_rect().max,
    );
    // Who types a prompt is not at the controls.
    let focused = focused.is_some_and(|response| foot.contains_rect(response.rect));
    let over = ui.rect_contains_pointer(foot);
    let wanted = focused || over || (inside && idle < motion::LINGER);
    if wanted && !focused && !over {
        let rest = Duration::from_secs_f64(motion::LINGER - idle + 0.05);
        ui.ctx().request_repaint_after(rest);
    }
    ui.ctx()
        .animate_bool(ui.scope_id().with("controls"), wanted)
}
