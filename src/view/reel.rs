//! The *reel*: what is being made, what waits, and everything made, newest first, in one strip.

use egui::accesskit::Role;
use egui::{Align, Frame, Layout, Margin, Panel, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use super::action::{Action, Part};
use super::cell::{self, Cell, Kind, Outcome};
use super::commands::{UiCommand, keys};
use super::icons;
use super::strings::words;
use super::theme::{palette, radius, size, space};
use super::widget::{IconButton, caption, focus_ring};

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
        let layout = Layout::left_to_right(Align::Center);
        let opened = ui.with_layout(layout, |ui| counts(ui, reel)).inner;
        let opened = opened.then_some(Action::Fold(Part::Queue));
        opened.or(asked.then_some(Action::Fold(Part::Reel)))
    })
    .inner
}

/// How much there is; where something waits, a click shows it as a list.
fn counts(ui: &mut Ui, reel: &Reel) -> bool {
    let words = words(ui);
    let count = |which: fn(Kind) -> bool| {
        let cells = reel.cells.iter();
        cells.filter(|cell| which(cell.kind)).count()
    };
    let made = count(|kind| matches!(kind, Kind::Made { .. }));
    let failed = count(|kind| kind == Kind::Failed);
    let unfinished = count(|kind| matches!(kind, Kind::Interrupted(..) | Kind::Held));
    let to_make = reel.cells.len() - made - failed - unfinished;
    let stacks = reel.cells.iter().filter_map(|cell| cell.stack);
    let beneath = stacks.filter(|stack| !stack.is_open && stack.is_first);
    let beneath: usize = beneath.map(|stack| stack.count - 1).sum();
    let mut told = (words.reel.counts)(to_make, made + beneath);
    if unfinished > 0 {
        let waits = (words.reel.unfinished)(unfinished);
        told = match to_make + made {
            0 => waits,
            _ => format!("{waits} · {told}"),
        };
    }
    let counted = caption(ui, &told);
    if to_make + unfinished == 0 {
        return false;
    }
    // No higher than the line: a button would jut out of the window where the strip is folded. A text gives up the focus, so
    // that what lies over it is another widget.
    let counted = ui.interact(counted.rect, counted.id.with("list"), Sense::click());
    counted.widget_info(|| WidgetInfo::labeled(Role::Button, true, &told));
    focus_ring(ui, &counted, counted.rect, radius::CONTROL);
    let list = (words.command)(UiCommand::Queue);
    counted.on_hover_text(list).clicked()
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
