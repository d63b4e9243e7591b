//! A *row* has its name at the left and its control at the right.

use egui::Ui;

use super::{Segment, label, segmented, trailing};

/// Draws a row called `name`; what `control` draws ends where the row ends.
pub fn row<R>(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        label(ui, name);
        trailing(ui, name, control)
    })
    .inner
}

/// A row of choices, each with its name; tells the one that was taken just now.
pub fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    choices: &[(T, &str)],
    chosen: T,
    width: f32,
) -> Option<T> {
    let segments: Vec<Segment> = choices
        .iter()
        .map(|(_, name)| Segment::named(name))
        .collect();
    let place = choices.iter().position(|(each, _)| *each == chosen);
    let taken = row(ui, name, |ui| segmented(ui, &segments, place, width));
    taken.map(|taken| choices[taken].0)
}
