//! The *reel*: what is being made, what waits, and everything made, newest first, in one strip.

use egui::{Align, Frame, Layout, Margin, Panel, ScrollArea, Ui, vec2};

use super::action::{Action, Part};
use super::cell::{self, Cell, Kind, Outcome};
use super::commands::{UiCommand, keys};
use super::icons;
use super::strings::words;
use super::theme::{palette, size, space};
use super::widget::{IconButton, caption};

/// What the reel shows.
pub struct Reel<'a> {
    /// From left to right.
    pub cells: Vec<Cell<'a>>,
    /// Whether it is folded.
    pub folded: bool,
}

/// Draws the strip at the bottom.
pub fn show(ui: &mut Ui, reel: &Reel) -> Outcome {
    let height = if reel.folded {
        size::REEL_FOLDED
    } else {
        size::REEL
    };
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::symmetric(space::M as i8, 0));
    Panel::bottom("reel")
        .exact_size(height)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| {
            let folded = fold(ui, reel);
            let mut outcome = Outcome::default();
            if !reel.folded {
                strip(ui, reel, &mut outcome);
            }
            outcome.asked = outcome.asked.or(folded);
            outcome
        })
        .inner
}

/// The line above the strip: how much there is, and the button that folds it.
fn fold(ui: &mut Ui, reel: &Reel) -> Option<Action> {
    let words = words(ui);
    let line = vec2(ui.available_width(), size::REEL_FOLDED);
    let layout = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(line, layout, |ui| {
        let icon = if reel.folded {
            icons::CARET_UP
        } else {
            icons::CARET_DOWN
        };
        let name = (words.command_state)(UiCommand::Reel, !reel.folded);
        let keys = keys(ui.ctx(), UiCommand::Reel);
        let button = IconButton::new(icon, name).keys(&keys).small();
        let asked = ui.add(button).clicked();
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let count = |which: fn(Kind) -> bool| {
                let cells = reel.cells.iter();
                cells.filter(|cell| which(cell.kind)).count()
            };
            let made = count(|kind| matches!(kind, Kind::Made { .. }));
            let failed = count(|kind| kind == Kind::Failed);
            let to_make = reel.cells.len() - made - failed;
            caption(ui, &(words.reel.counts)(to_make, made));
        });
        asked.then_some(Action::Fold(Part::Reel))
    })
    .inner
}

fn strip(ui: &mut Ui, reel: &Reel, outcome: &mut Outcome) {
    ScrollArea::horizontal().auto_shrink(false).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            let height = ui.available_height() - space::M;
            for cell in &reel.cells {
                let aspect = (cell.size.aspect() as f32).clamp(0.5, 2.0);
                cell::show(ui, cell, vec2(height * aspect, height), outcome);
            }
        });
    });
}
