//! What stands at the *end* of a line, drawn in the order in which it is read: the keyboard goes that way, too.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2};

/// Draws `content` so that it ends where the line ends. How wide it is, it knows from the frame before.
pub fn trailing<R>(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    let id = ui.scope_id().with(("trailing", name));
    let known: Option<f32> = ui.data(|data| data.get_temp(id));
    let room = ui.available_rect_before_wrap();
    let width = known.map_or(room.width(), |known| known.min(room.width()));
    let place = Rect::from_min_max(pos2(room.right() - width, room.top()), room.max);
    let builder = UiBuilder::new()
        .max_rect(place)
        .id_salt(id)
        .layout(Layout::left_to_right(Align::Center));
    let mut line = ui.new_child(builder);
    if known.is_none() {
        line.set_invisible();
    }
    let drawn = content(&mut line);
    let used = line.min_rect();
    if known.is_none_or(|known| (known - used.width()).abs() > 0.1) {
        ui.data_mut(|data| data.insert_temp(id, used.width()));
        ui.ctx()
            .request_discard("what stands at the end of a line has another width");
    }
    ui.advance_cursor_after_rect(used);
    drawn
}
