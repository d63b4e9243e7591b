//! The *library*: everything made, as a grid that can be searched.

use egui::{Label, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder, Vec2, vec2};

use super::action::Action;
use super::cell::{self, Cell, Outcome};
use super::commands::UiCommand;
use super::icons;
use super::strings::words;
use super::theme::{self, palette, size, space, text};
use super::widget::{Button, IconButton, Kind, TextBox, explanation, label, menu, menu_item};
use crate::job::Order;
use crate::job::plain_text::one_line;

/// What the library shows.
pub struct Library<'a> {
    /// What was found, newest first.
    pub cells: Vec<Cell<'a>>,
    /// The words that are looked for.
    pub search: &'a str,
    /// Whether favourites alone are shown.
    pub favourites: bool,
    /// In which order.
    pub order: Order,
    /// Whether variations lie together.
    pub stacks: bool,
    /// How many are selected.
    pub selected: usize,
}

/// The room for the order, and the width of its menu.
const ORDER: f32 = 132.0;
const MENU: f32 = 180.0;
/// The least width of a cell.
const CELL: f32 = 180.0;
/// The name below a picture.
const NAME: f32 = 20.0;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, library: &Library) -> Outcome {
    let mut outcome = Outcome {
        asked: search(ui, library),
        ..Outcome::default()
    };
    if library.selected > 0 {
        outcome.asked = selected(ui, library.selected).or(outcome.asked);
    }
    ui.add_space(space::S);
    if library.cells.is_empty() {
        let words = &words(ui).library;
        let nothing = if library.search.is_empty() && !library.favourites {
            words.empty
        } else {
            words.not_found
        };
        explanation(ui, nothing);
    }
    ScrollArea::vertical()
        .auto_shrink(false)
        .show(ui, |ui| grid(ui, &library.cells, &mut outcome));
    outcome
}

fn search(ui: &mut Ui, library: &Library) -> Option<Action> {
    let words = &words(ui).library;
    let mut search = library.search.to_owned();
    let mut favourites = library.favourites;
    let mut asked = None;
    ui.horizontal(|ui| {
        let gap = ui.spacing().item_spacing.x;
        let width = ui.available_width() - ORDER - 2.0 * (size::CONTROL + gap) - gap;
        let field = ui.scope(|ui| {
            ui.set_width(width);
            ui.add(TextBox::new(&mut search, words.search, 1).placeholder(words.search))
        });
        if ui.memory(|memory| memory.focused().is_none()) && search.is_empty() {
            field.inner.request_focus();
        }
        let icon = if favourites {
            icons::HEART_FILL
        } else {
            icons::HEART
        };
        let button = IconButton::new(icon, words.favourites).on(favourites);
        if ui.add(button).clicked() {
            favourites = !favourites;
        }
        let stacks = IconButton::new(icons::STACK, words.stacks).on(library.stacks);
        if ui.add(stacks).clicked() {
            asked = Some(Action::StackVariations(!library.stacks));
        }
        let name = (words.order)(library.order);
        let button = Button::new(name).named(words.sort).caret();
        let button = ui.add(button);
        let taken = menu(&button, MENU, |ui| {
            let clicked = Order::ALL.map(|order| {
                let name = (words.order)(order);
                let line = menu_item(ui, name, "", order == library.order);
                line.clicked().then_some(order)
            });
            clicked.into_iter().flatten().next()
        });
        asked = taken.flatten().map(Action::Sort).or(asked.take());
    });
    if asked.is_some() {
        return asked;
    }
    let changed = search != library.search || favourites != library.favourites;
    changed.then_some(Action::Search {
        words: search,
        favourites,
    })
}

/// What can be done with what is selected.
fn selected(ui: &mut Ui, count: usize) -> Option<Action> {
    let words = words(ui);
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, &(words.library.selected)(count));
        let mut button = |ui: &mut Ui, name: &str, action| {
            if ui.add(Button::new(name).kind(Kind::Quiet)).clicked() {
                asked = Some(action);
            }
        };
        if count > 1 {
            button(ui, words.reel.compare, Action::CompareChosen);
        }
        let trash = (words.command)(UiCommand::Trash);
        button(ui, trash, Action::TrashSelected);
        button(ui, words.notices.none, Action::SelectNone);
    });
    asked
}

/// Only the rows in sight are drawn.
fn grid(ui: &mut Ui, cells: &[Cell], outcome: &mut Outcome) {
    let gap = space::M;
    let columns = ((ui.available_width() + gap) / (CELL + gap))
        .floor()
        .max(1.0);
    let width = (ui.available_width() - gap * (columns - 1.0)) / columns;
    let step = vec2(width + gap, 0.75 * width + NAME + gap);
    let columns = columns as usize;
    let rows = cells.len().div_ceil(columns);
    let whole = vec2(ui.available_width(), rows as f32 * step.y);
    let (rect, _) = ui.allocate_exact_size(whole, Sense::empty());
    let sight = ui.clip_rect();
    for (row, cells) in cells.chunks(columns).enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let corner = rect.min + step * vec2(column as f32, row as f32);
            let place = Rect::from_min_size(corner, step - Vec2::splat(gap));
            if place.intersects(sight) {
                let builder = UiBuilder::new().max_rect(place).id_salt(&cell.shown);
                let mut ui = ui.new_child(builder);
                one(&mut ui, cell, outcome);
            }
        }
    }
}

fn one(ui: &mut Ui, cell: &Cell, outcome: &mut Outcome) {
    ui.spacing_mut().item_spacing.y = space::XS;
    let width = ui.available_width();
    cell::show(ui, cell, vec2(width, 0.75 * width), outcome);
    let name = RichText::new(one_line(cell.name)).font(theme::regular(text::CAPTION));
    ui.add(Label::new(name.color(palette(ui).secondary)).truncate());
}
