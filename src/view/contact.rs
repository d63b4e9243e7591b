//! A *contact sheet*: one video in many settings, guidance from left to right and shift from above.

use egui::{Label, RichText, ScrollArea, Ui, vec2};

use super::cell::{self, Cell, Outcome};
use super::strings::words;
use super::theme::{self, palette, space, text};
use super::widget::explanation;
use crate::job::plain_text::one_line;

/// What the sheet shows.
pub struct Contact<'a> {
    /// What all of them show.
    pub prompt: &'a str,
    /// Their seed.
    pub seed: u64,
    /// The guidance of each column.
    pub columns: Vec<String>,
    /// The shift of each row, and whether it is without LoRAs.
    pub rows: Vec<String>,
    /// The videos.
    pub places: Vec<Place<'a>>,
}

/// A video and where it stands.
pub struct Place<'a> {
    /// From above.
    pub row: usize,
    /// From the left.
    pub column: usize,
    /// The video.
    pub cell: Cell<'a>,
}

/// The names of the rows take so much.
const NAMES: f32 = 96.0;
/// A cell is no smaller and no larger.
const CELL: std::ops::RangeInclusive<f32> = 110.0..=260.0;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, contact: &Contact) -> Outcome {
    let mut outcome = Outcome::default();
    let words = &words(ui).batch;
    explanation(ui, &(words.contact)(contact.prompt, contact.seed));
    ui.add_space(space::S);
    let across = contact.columns.len().max(1) as f32;
    let room = ui.available_width() - NAMES - space::S * across;
    let width = (room / across).clamp(*CELL.start(), *CELL.end());
    let aspect = contact.places.first();
    let aspect = aspect.map_or(1.0, |place| place.cell.size.aspect() as f32);
    let size = vec2(width, width / aspect.clamp(0.5, 2.5));
    ScrollArea::both().auto_shrink(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            name(ui, words.guidance, NAMES);
            for column in &contact.columns {
                name(ui, column, width);
            }
        });
        for (row, title) in contact.rows.iter().enumerate() {
            ui.horizontal(|ui| {
                name(ui, title, NAMES);
                for column in 0..contact.columns.len() {
                    let mut places = contact.places.iter();
                    let place = places.find(|place| place.row == row && place.column == column);
                    match place {
                        Some(place) => cell::show(ui, &place.cell, size, &mut outcome),
                        None => {
                            ui.allocate_exact_size(size, egui::Sense::empty());
                        }
                    }
                }
            });
        }
    });
    outcome
}

fn name(ui: &mut Ui, words: &str, width: f32) {
    ui.scope(|ui| {
        ui.set_width(width);
        let name = RichText::new(one_line(words)).font(theme::medium(text::CAPTION));
        ui.add(Label::new(name.color(palette(ui).secondary)).truncate());
    });
}
