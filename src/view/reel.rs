//! The *reel*: what is being made, what waits, and everything made, newest first, in one strip.

use egui::{Align, Frame, Layout, Margin, Panel, ScrollArea, Ui, vec2};

use super::action::{Action, Part};
use super::cell::{self, Cell, Kind, Outcome};
use super::commands::{UiCommand, keys};
use super::icons;
use super::strings::words;
use super::theme::{palette, size, space};
use super::widget::{Button, IconButton, Kind as Loudness, caption};

/// What the reel shows.
pub struct Reel<'a> {
    /// From left to right.
    pub cells: Vec<Cell<'a>>,
    /// Whether it is folded.
    pub folded: bool,
}

impl Reel<'_> {
    /// How high it is.
    pub fn height(&self) -> f32 {
        if self.folded {
            size::REEL_FOLDED
        } else {
            size::REEL
        }
    }
}

/// Draws the strip at the bottom.
pub fn show(ui: &mut Ui, reel: &Reel) -> Outcome {
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::symmetric(space::L as i8, 0));
    Panel::bottom("reel")
        .exact_size(reel.height())
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
        let opened = ui
            .with_layout(Layout::left_to_right(Align::Center), |ui| {
                let count = |which: fn(Kind) -> bool| {
                    let cells = reel.cells.iter();
                    cells.filter(|cell| which(cell.kind)).count()
                };
                let made = count(|kind| matches!(kind, Kind::Made { .. }));
                let failed = count(|kind| kind == Kind::Failed);
                let stacked = reel.cells.iter().filter_map(|cell| cell.stack);
                let beneath = stacked.filter(|stack| !stack.is_open && stack.is_first);
                let beneath: usize = beneath.map(|stack| stack.count - 1).sum();
                let unfinished = count(|kind| matches!(kind, Kind::Interrupted(..) | Kind::Held));
                let to_make = reel.cells.len() - made - failed - unfinished;
                let mut counts = (words.reel.counts)(to_make, made + beneath);
                if unfinished > 0 {
                    let told = (words.reel.unfinished)(unfinished);
                    counts = match to_make + made {
                        0 => told,
                        _ => format!("{told} · {counts}"),
                    };
                }
                if to_make + unfinished == 0 {
                    caption(ui, &counts);
                    return false;
                }
                let list = (words.command)(UiCommand::Queue);
                let button = Button::new(&counts).kind(Loudness::Quiet).flush();
                ui.add(button).on_hover_text(list).clicked()
            })
            .inner;
        let opened = opened.then_some(Action::Fold(Part::Queue));
        opened.or(asked.then_some(Action::Fold(Part::Reel)))
    })
    .inner
}

fn strip(ui: &mut Ui, reel: &Reel, outcome: &mut Outcome) {
    if ui.rect_contains_pointer(ui.available_rect_before_wrap()) {
        // There is nothing above or below: a wheel turns it, too.
        ui.input_mut(|input| {
            let turned = std::mem::take(&mut input.smooth_scroll_delta.y);
            input.smooth_scroll_delta.x += turned;
        });
    }
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
