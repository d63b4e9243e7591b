//! A *slider* is a line with a knob, for values whose place among others tells more than their number.

use std::ops::RangeInclusive;

use egui::accesskit::{Action, Role};
use egui::{EventFilter, Key, Pos2, Rect, Response, Sense, Ui, Widget, WidgetInfo, pos2, vec2};

use super::{focus_ring, warmth};
use crate::view::theme::{palette, radius, size};

/// A slider over whole steps.
#[derive(Debug)]
#[must_use = "a slider does nothing until it is added to a Ui"]
pub struct Slider<'a> {
    value: &'a mut u32,
    range: RangeInclusive<u32>,
    step: u32,
    name: &'a str,
}

const KNOB: f32 = 7.0;
const LINE: f32 = 4.0;

impl<'a> Slider<'a> {
    /// Over the values `range.start() + n · step`.
    pub fn new(value: &'a mut u32, range: RangeInclusive<u32>, step: u32, name: &'a str) -> Self {
        Self {
            value,
            range,
            step,
            name,
        }
    }

    /// The value nearest to a share of the range.
    fn at(&self, share: f32) -> u32 {
        let (least, most) = (*self.range.start(), *self.range.end());
        let steps = (most - least) / self.step;
        let nearest = (share.clamp(0.0, 1.0) * steps as f32).round() as u32;
        least + nearest * self.step
    }

    /// How far along the range the value lies.
    fn share(&self) -> f32 {
        let (least, most) = (*self.range.start(), *self.range.end());
        let value = (*self.value).clamp(least, most);
        (value - least) as f32 / (most - least).max(1) as f32
    }

    /// The value after the keys and the requests of assistive technology.
    fn after_keys(&self, ui: &Ui, response: &Response) -> u32 {
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        let focused = response.has_focus();
        if focused {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        let moves = ui.input(|input| {
            let count = |key| i64::from(focused && input.key_pressed(key));
            let asked = |action| input.num_accesskit_action_requests(response.id, action) as i64;
            count(Key::ArrowRight) - count(Key::ArrowLeft) + asked(Action::Increment)
                - asked(Action::Decrement)
        });
        let moved = i64::from(*self.value) + moves * i64::from(self.step);
        let (least, most) = (*self.range.start(), *self.range.end());
        if moves == 0 {
            *self.value
        } else {
            moved.clamp(i64::from(least), i64::from(most)) as u32
        }
    }
}

impl Widget for Slider<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let wanted = vec2(ui.available_width(), size::CONTROL);
        let (rect, mut response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
        let rail = rect.shrink2(vec2(KNOB, 0.0));
        let mut value = self.after_keys(ui, &response);
        if let Some(pointer) = response.interact_pointer_pos() {
            value = self.at((pointer.x - rail.left()) / rail.width());
        }
        if value != *self.value {
            *self.value = value;
            response.mark_changed();
        }
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::slider(enabled, f64::from(value), self.name));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(Role::Slider);
            node.set_min_numeric_value(f64::from(*self.range.start()));
            node.set_max_numeric_value(f64::from(*self.range.end()));
            node.set_numeric_value_step(f64::from(self.step));
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
        draw(ui, &response, rail, self.share());
        response
    }
}

fn draw(ui: &Ui, response: &Response, rail: Rect, share: f32) {
    let palette = palette(ui);
    let knob: Pos2 = pos2(rail.left() + share * rail.width(), rail.center().y);
    let line = |from: f32, to: f32| {
        let height = vec2(0.0, LINE / 2.0);
        Rect::from_min_max(pos2(from, knob.y) - height, pos2(to, knob.y) + height)
    };
    let painter = ui.painter();
    painter.rect_filled(line(rail.left(), rail.right()), LINE / 2.0, palette.lifted);
    painter.rect_filled(line(rail.left(), knob.x), LINE / 2.0, palette.accent);
    let radius = KNOB + warmth(ui, response);
    painter.circle_filled(knob, radius, palette.text);
    let around = Rect::from_center_size(knob, vec2(2.0 * radius, 2.0 * radius));
    focus_ring(ui, response, around, radius as u8 + radius::CONTROL);
}
