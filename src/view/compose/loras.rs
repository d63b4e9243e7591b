//! *LoRAs*: small files that change what the model draws.

use egui::{Align, Label, Layout, RichText, Ui};

use super::{Compose, fix};
use crate::job::plain_text::one_line;
use crate::job::{Expert, Field, Flaw, Lora, LoraFit, Problem, Refusal, Request};
use crate::view::strings::words;
use crate::view::theme::{self, palette, text};
use crate::view::widget::{
    Button, IconButton, Number, Segment, explanation, label, segmented, trailing, warning,
};
use crate::view::{Action, icons};

const WHICH: f32 = 216.0;
/// What stands behind a name: its strength, and what takes it away.
const CONTROLS: f32 = 116.0;

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, words.loras);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(words.add_lora)).clicked() {
                asked = Some(Action::AddLora);
            }
        });
    });
    explanation(ui, words.loras_why);
    let mut removed = None;
    for (place, lora) in request.sources.loras.iter_mut().enumerate() {
        let taken_out = one(ui, form, lora);
        let fit = form.lora_fits.get(place);
        let given_up = fit.is_some_and(|fit| tell_fit(ui, fit));
        if taken_out || given_up {
            removed = Some(place);
        }
    }
    if let Some(place) = removed {
        request.sources.loras.remove(place);
    }
    if form.lora_fits.iter().any(Result::is_err) {
        return asked; // why stands beneath the one that it is about
    }
    asked.or(fix::show(ui, form, Field::Loras, request))
}

/// Tells how one fits, and whether it is to go because it does not.
fn tell_fit(ui: &mut Ui, fit: &LoraFit) -> bool {
    let all = words(ui);
    let words = &all.compose;
    match fit {
        Ok(fit) => {
            explanation(ui, &(words.lora_fits)(fit));
            false
        }
        Err(refusal) => {
            let details = (all.refusal)(refusal);
            if is_for_another_model(refusal) {
                // Which of its layers match nothing is for those who look closer.
                warning(ui, words.lora_of_another_model).on_hover_text(details);
            } else {
                warning(ui, &details);
            }
            ui.add(Button::new(words.remove_it)).clicked()
        }
    }
}

/// Whether a LoRA changes nothing in the model that is chosen.
fn is_for_another_model(refusal: &Refusal) -> bool {
    let Refusal::LoraUnusable(problem) = refusal else {
        return false;
    };
    let Problem::Content { flaw, .. } = &**problem else {
        return false;
    };
    matches!(flaw, Flaw::LoraFitsNothing { .. })
}

/// Draws one and tells whether it is to go.
fn one(ui: &mut Ui, form: &Compose, lora: &mut Lora) -> bool {
    let words = &words(ui).compose;
    let name = lora.file.file_stem().unwrap_or_default().to_string_lossy();
    let name = name.into_owned();
    let mut removed = false;
    ui.horizontal(|ui| {
        let room = ui.available_width() - CONTROLS;
        ui.scope(|ui| {
            ui.set_max_width(room.max(0.0));
            let name = RichText::new(one_line(&name)).font(theme::regular(text::BODY));
            ui.add(Label::new(name.color(palette(ui).text)).truncate());
        });
        trailing(ui, &name, |ui| {
            let strength = (words.strength_of)(&name);
            ui.add(Number::new(&mut lora.strength, &strength, -4.0..=4.0).decimals(2));
            let remove = (words.remove_lora)(&name);
            removed = ui.add(IconButton::new(icons::X, &remove).small()).clicked();
        });
    });
    if form.model.high_noise.is_some() {
        let which = [None, Some(Expert::HighNoise), Some(Expert::LowNoise)];
        let names = [words.both, words.high_noise, words.low_noise];
        let chosen = which.iter().position(|each| *each == lora.expert);
        let width = ui.available_width().min(WHICH);
        if let Some(taken) = segmented(ui, &names.map(Segment::named), chosen, width) {
            lora.expert = which[taken];
        }
    }
    removed
}
