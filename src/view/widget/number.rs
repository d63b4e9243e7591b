//! A *number* is typed, or dragged up and down.

use std::ops::RangeInclusive;

use egui::{DragValue, Response, Ui, Widget, emath};

use super::focus_ring;
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
        let response = ui.add_sized([self.width, ui.spacing().interact_size.y], field);
        focus_ring(ui, &response, response.rect, radius::CONTROL);
        response.accessible_name(self.name)
    }
}

/// With as many places as are needed, between `least` and `most`.
fn written(value: f64, least: usize, most: usize) -> String {
    let places = (least..most).find(|&places| {
        let scale = 10_f64.powi(places as i32);
        (value * scale - (value * scale).round()).abs() < 1e-6
    });
    format!("{value:.*}", places.unwrap_or(most))
}
