//! A *number* is typed, or dragged up and down.

use std::cell::Cell;
use std::ops::RangeInclusive;
use std::rc::Rc;

use egui::{DragValue, Response, Tooltip, Ui, Widget, emath};

use super::{caption, focus_ring};
use crate::view::strings::words;
use crate::view::theme::radius;

/// A field for a number.
#[derive(Debug)]
#[must_use = "a field does nothing until it is added to a Ui"]
pub struct Number<'a, N> {
    value: &'a mut N,
    name: &'a str,
    range: RangeInclusive<N>,
    speed: f64,
    decimals: usize,
    suffix: &'a str,
    step: Option<(u32, u32)>,
    width: f32,
}

const WIDTH: f32 = 72.0;

impl<'a, N: emath::Numeric> Number<'a, N> {
    /// A field called `name`.
    pub fn new(value: &'a mut N, name: &'a str, range: RangeInclusive<N>) -> Self {
        Self {
            value,
            name,
            range,
            speed: 0.25,
            decimals: 0,
            suffix: "",
            step: None,
            width: WIDTH,
        }
    }

    /// Shown with this many places, and dragged accordingly.
    pub fn decimals(self, decimals: usize) -> Self {
        Self {
            decimals,
            speed: 0.25 * 0.1_f64.powi(decimals as i32),
            ..self
        }
    }

    /// With a unit behind it.
    pub fn suffix(self, suffix: &'a str) -> Self {
        Self { suffix, ..self }
    }

    /// Only `offset + n · step`; what is typed goes to the nearest.
    pub fn steps(self, offset: u32, step: u32) -> Self {
        Self {
            step: Some((offset, step)),
            speed: f64::from(step) * 0.25,
            ..self
        }
    }

    /// Of another width.
    pub fn width(self, width: f32) -> Self {
        Self { width, ..self }
    }
}

impl<N: emath::Numeric> Widget for Number<'_, N> {
    fn ui(self, ui: &mut Ui) -> Response {
        let step = self.step;
        let snap = move |value: f64| match step {
            None => value,
            Some((offset, step)) => {
                let (offset, step) = (f64::from(offset), f64::from(step));
                ((value - offset) / step).round().max(0.0) * step + offset
            }
        };
        let mut field = DragValue::from_get_set(|set| {
            if let Some(value) = set {
                *self.value = N::from_f64(snap(value));
            }
            self.value.to_f64()
        });
        let (least, most) = if N::INTEGRAL {
            (0, 0)
        } else {
            (self.decimals, self.decimals.max(2))
        };
        field = field
            .range(self.range)
            .speed(self.speed)
            .max_decimals(most)
            .custom_formatter(move |value, _| written(value, least, most))
            .suffix(self.suffix)
            .update_while_editing(false);
        // What is typed may be none of those that work: then it is said which was taken.
        let typed = Rc::new(Cell::new(None::<f64>));
        let told = Rc::clone(&typed);
        let suffix = self.suffix.trim().to_owned();
        field = field.custom_parser(move |text| {
            let number = text.trim().trim_end_matches(&suffix).trim().parse().ok();
            told.set(number);
            number
        });
        let response = ui.add_sized([self.width, ui.spacing().interact_size.y], field);
        tell_nearest(ui, &response, typed.get(), self.value.to_f64());
        focus_ring(ui, &response, response.rect, radius::CONTROL);
        response.accessible_name(self.name)
    }
}

/// Says for a while which number was taken for the one that was typed, where that is another.
fn tell_nearest(ui: &Ui, response: &Response, typed: Option<f64>, taken: f64) {
    const SECONDS: f64 = 3.0;
    let id = response.id.with("nearest");
    let now = ui.input(|input| input.time);
    if typed.is_some_and(|typed| (typed - taken).abs() > 0.01) && !response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, now + SECONDS));
    }
    let until: f64 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    if now >= until {
        return;
    }
    ui.ctx().request_repaint_after_secs((until - now) as f32);
    let number = written(taken, 0, 2);
    let ctx = ui.ctx().clone();
    Tooltip::always_open(ctx, ui.layer_id(), id, response.rect).show(|ui| {
        caption(ui, &(words(ui).compose.nearest)(&number));
    });
}

/// With as many places as are needed, between `least` and `most`.
fn written(value: f64, least: usize, most: usize) -> String {
    let places = (least..most).find(|&places| {
        let scale = 10_f64.powi(places as i32);
        (value * scale - (value * scale).round()).abs() < 1e-6
    });
    format!("{value:.*}", places.unwrap_or(most))
}
