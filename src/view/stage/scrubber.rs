//! The *scrubber* is the time of a clip as a line: pressing it goes there, resting on it shows what
//! is there.

use egui::accesskit::Role;
use egui::{Rect, Response, Sense, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::Player;
use crate::view::action::PlayerAction;
use crate::view::strings::words;
use crate::view::theme::{self, UNTINTED, palette, radius, space};
use crate::view::widget::{focus_ring, warmth};

const HEIGHT: f32 = 16.0;
const LINE: f32 = 4.0;
const KNOB: f32 = 6.0;
/// The height of the picture of what is there.
const PEEK: f32 = 84.0;

pub fn show(ui: &mut Ui, player: &Player) -> Option<PlayerAction> {
    let wanted = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
    let name = words(ui).player.scrubber;
    response.widget_info(|| WidgetInfo::slider(true, player.frame as f64, name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Slider);
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(player.frames.saturating_sub(1) as f64);
    });
    let rail = rect.shrink2(vec2(KNOB, 0.0));
    let last = player.frames.saturating_sub(1);
    let frame_at = |x: f32| {
        let share = ((x - rail.left()) / rail.width()).clamp(0.0, 1.0);
        (share * last as f32).round() as usize
    };
    let share = |frame: usize| frame as f32 / last.max(1) as f32;
    draw(ui, &response, rail, share(player.frame));
    if let Some(trim) = player.trim {
        edges(ui, rail, trim.map(share));
    }
    let hovered = response.hover_pos().filter(|_| response.contains_pointer());
    let peeked = hovered.map(|pointer| frame_at(pointer.x));
    if let (Some(pointer), Some(peek)) = (hovered, &player.peek) {
        thumbnail(ui, rect, pointer.x, player, peek.picture);
    }
    if let Some(pointer) = response.interact_pointer_pos() {
        let frame = frame_at(pointer.x);
        if frame != player.frame {
            return Some(PlayerAction::Seek(frame));
        }
    }
    let known = player.peek.as_ref().map(|peek| peek.frame);
    (peeked != known).then_some(PlayerAction::Peek(peeked))
}

fn draw(ui: &Ui, response: &Response, rail: Rect, share: f32) {
    let palette = palette(ui);
    let warm = warmth(ui, response);
    let knob = pos2(
        rail.left() + share.clamp(0.0, 1.0) * rail.width(),
        rail.center().y,
    );
    let line = |to: f32| {
        let half = vec2(0.0, 0.5 * (LINE + warm));
        let from = pos2(rail.left(), knob.y);
        Rect::from_min_max(from - half, pos2(to, knob.y) + half)
    };
    let painter = ui.painter();
    painter.rect_filled(line(rail.right()), LINE / 2.0, palette.lifted);
    painter.rect_filled(line(knob.x), LINE / 2.0, palette.accent);
    painter.circle_filled(knob, KNOB * (0.6 + 0.4 * warm), palette.text);
    let around = Rect::from_center_size(knob, vec2(2.0 * KNOB, 2.0 * KNOB));
    focus_ring(ui, response, around, KNOB as u8);
}

/// What is left out, dimmed, and a mark at both ends of the rest.
fn edges(ui: &Ui, rail: Rect, trim: [f32; 2]) {
    let palette = palette(ui);
    let painter = ui.painter();
    let [from, to] = trim.map(|share| rail.left() + share * rail.width());
    let out = |left: f32, right: f32| {
        let rect = Rect::from_min_max(pos2(left, rail.top()), pos2(right, rail.bottom()));
        painter.rect_filled(rect.shrink2(vec2(0.0, 2.0)), 0.0, theme::SHADE);
    };
    out(rail.left(), from);
    out(to, rail.right());
    for x in [from, to] {
        let stroke = egui::Stroke::new(3.0, palette.accent);
        painter.vline(x, rail.y_range().shrink(1.0), stroke);
    }
}

/// The frame at the pointer, above it.
fn thumbnail(ui: &Ui, rail: Rect, x: f32, player: &Player, picture: &egui::TextureHandle) {
    let size = vec2(PEEK * player.size.aspect() as f32, PEEK);
    let left = (x - size.x / 2.0).clamp(rail.left(), (rail.right() - size.x).max(rail.left()));
    let corner = pos2(left, rail.top() - space::S - size.y);
    let rect = Rect::from_min_size(corner, size);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    let painter = ui.ctx().layer_painter(ui.layer_id());
    painter.image(picture.id(), rect, whole, UNTINTED);
    let stroke = egui::Stroke::new(1.0, palette(ui).text);
    painter.rect_stroke(rect, radius::CONTROL - 4, stroke, StrokeKind::Outside);
}
