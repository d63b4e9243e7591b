//! *Guides*: the video that is followed or changed, its mask, and references. A row for each that the model takes.

use std::path::{Path, PathBuf};

use egui::{Align, Label, Layout, RichText, Ui};

use super::{Compose, fix};
use crate::job::{Field, Guides, Inputs, Request};
use crate::view::action::Guide;
use crate::view::strings::words;
use crate::view::theme::{self, palette, space, text};
use crate::view::widget::{Button, IconButton, Number, explanation, label};
use crate::view::{Action, icons};

/// Draws the rows that the model has, and those that hold something all the same.
pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let inputs = form.model.variant.inputs();
    let guides = &mut request.guides;
    let shown = |guide: &Guide| takes(inputs, *guide) || held(guides, *guide).next().is_some();
    let shown: Vec<_> = Guide::ALL.into_iter().filter(shown).collect();
    if shown.is_empty() {
        return None;
    }
    ui.add_space(space::S);
    let mut asked = None;
    for guide in shown {
        asked = row(ui, inputs, guides, guide).or(asked);
    }
    if inputs.chain && !guides.is_empty() {
        strength(ui, guides);
    }
    let fields = [Field::Video, Field::Mask, Field::References];
    let fields = fields.map(|field| fix::show(ui, form, field, request));
    fields.into_iter().fold(asked, Option::or)
}

/// Whether the model takes one.
fn takes(inputs: &Inputs, guide: Guide) -> bool {
    match guide {
        Guide::Video => inputs.video.is_possible(),
        Guide::Mask => inputs.mask.is_possible(),
        Guide::Reference => inputs.references > 0,
    }
}

/// The files that are there.
fn held(guides: &Guides, guide: Guide) -> impl Iterator<Item = &PathBuf> {
    let (one, several): (Option<&PathBuf>, &[PathBuf]) = match guide {
        Guide::Video => (guides.video.as_ref(), &[]),
        Guide::Mask => (guides.mask.as_ref(), &[]),
        Guide::Reference => (None, &guides.references),
    };
    one.into_iter().chain(several)
}

fn row(ui: &mut Ui, inputs: &Inputs, guides: &mut Guides, guide: Guide) -> Option<Action> {
    let words = &words(ui).compose;
    let (name, why) = (words.guide)(guide);
    let most = match guide {
        Guide::Reference => inputs.references,
        Guide::Video | Guide::Mask => 1,
    };
    // A mask is that of a video.
    let has_place = guide != Guide::Mask || guides.video.is_some();
    let count = held(guides, guide).count();
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let can_take = takes(inputs, guide) && has_place && (count < most || most == 1);
            let choose = Button::new(words.choose_guide);
            if ui.add_enabled(can_take, choose).clicked() {
                asked = Some(Action::ChooseGuide(guide));
            }
        });
    });
    if count == 0 {
        explanation(ui, why);
    }
    let files: Vec<PathBuf> = held(guides, guide).cloned().collect();
    for (place, file) in files.iter().enumerate() {
        if one(ui, file) {
            remove(guides, guide, place);
        }
    }
    asked
}

/// Draws one and tells whether it is to go.
fn one(ui: &mut Ui, file: &Path) -> bool {
    let words = &words(ui).compose;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut removed = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let remove = (words.remove_lora)(&name);
            removed = ui.add(IconButton::new(icons::X, &remove).small()).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = RichText::new(&*name).font(theme::regular(text::BODY));
                ui.add(Label::new(name.color(palette(ui).text)).truncate());
            });
        });
    });
    removed
}

fn remove(guides: &mut Guides, guide: Guide, place: usize) {
    match guide {
        Guide::Video => {
            guides.video = None;
            guides.mask = None;
        }
        Guide::Mask => guides.mask = None,
        Guide::Reference => drop(guides.references.remove(place)),
    }
}

/// How strongly they lead: one where nothing is said.
fn strength(ui: &mut Ui, guides: &mut Guides) {
    let words = &words(ui).compose;
    ui.horizontal(|ui| {
        label(ui, words.guide_strength);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut strength = guides.strength();
            let number = Number::new(&mut strength, words.guide_strength, 0.0..=2.0);
            ui.add(number.decimals(2));
            guides.strength = Some(strength).filter(|strength| strength.total_cmp(&1.0).is_ne());
        });
    });
}
