//! The numbers that few people turn, each with a line that says what turning it does.

use egui::Ui;

use super::{Compose, fix, loras};
use crate::job::{Field, Guidance, QuantBits, Request, Sampler, SamplingRequest};
use crate::view::action::Part;
use crate::view::strings::words;
use crate::view::theme::space;
use crate::view::widget::{
    Button, Face, IconButton, Kind, Number, Segment, caption, disclosure, explanation, label,
    segmented, trailing,
};
use crate::view::{Action, icons};

/// How narrow and how wide a choice may be, ...
const CHOICE: [f32; 2] = [160.0, 190.0];
/// ... and what is left beside it for the name and what takes the choice back.
const NAME: f32 = 98.0;

/// The width of a choice in a line of the form.
fn choice_width(ui: &Ui) -> f32 {
    let [least, most] = CHOICE;
    (ui.available_width() - NAME).clamp(least, most)
}

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let changed = changed(request);
    let remark = if changed { words.edited } else { "" };
    let toggled = disclosure(ui, form.advanced_open, words.advanced, remark).clicked();
    if toggled {
        return Some(Action::Fold(Part::Advanced));
    }
    let folded_refusal = form.refusal.is_some_and(|refusal| {
        matches!(
            refusal.field(),
            Field::Steps | Field::Guidance | Field::Shift | Field::Loras
        )
    });
    if !form.advanced_open && !folded_refusal {
        return None;
    }
    let rows: [super::Part; 7] = [steps, sampler, guidance, shift, seed, loras::show, bits];
    let mut asked = None;
    for row in rows {
        asked = row(ui, form, request).or(asked);
        ui.add_space(space::S);
    }
    let all = Button::new(words.reset_all).kind(Kind::Quiet).flush();
    if changed && ui.add(all).clicked() {
        reset(request);
    }
    asked
}

/// Whether anything here is not as the model recommends.
fn changed(request: &Request) -> bool {
    let mut same = request.clone();
    reset(&mut same);
    same != *request
}

fn reset(request: &mut Request) {
    request.sampling = SamplingRequest::default();
    request.sources.loras.clear();
    request.compute.quantize = None;
}

fn steps(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let default = form.model.defaults.steps;
    row(
        ui,
        words.steps,
        words.steps_why,
        &mut request.sampling.steps,
        |ui, value| {
            let mut steps = value.unwrap_or(default);
            if ui
                .add(Number::new(&mut steps, words.steps, 1..=1000))
                .changed()
            {
                *value = Some(steps).filter(|&steps| steps != default);
            }
        },
    );
    fix::show(ui, form, Field::Steps, request)
}

fn sampler(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let width = choice_width(ui);
    let default = form.model.defaults.sampler;
    row(
        ui,
        words.sampler,
        words.sampler_why,
        &mut request.sampling.sampler,
        |ui, value| {
            let sampler = value.unwrap_or(default);
            let segments = Sampler::GENERAL.map(|sampler| Segment {
                face: Face::Name,
                name: sampler.title(),
            });
            let chosen = Sampler::GENERAL.iter().position(|&each| each == sampler);
            if let Some(taken) = segmented(ui, &segments, chosen, width) {
                *value = Some(Sampler::GENERAL[taken]).filter(|&sampler| sampler != default);
            }
        },
    );
    None
}

fn guidance(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let default = form.model.defaults.guidance;
    let two = form.model.high_noise.is_some();
    row(
        ui,
        words.guidance,
        words.guidance_why,
        &mut request.sampling.guidance,
        |ui, value| {
            let mut scales = value.unwrap_or(default);
            let before = scales;
            let field = |value, name| Number::new(value, name, 0.0..=30.0).decimals(1).width(56.0);
            if two {
                caption(ui, words.high_noise);
                ui.add(field(&mut scales.high, words.guidance_high));
                caption(ui, words.low_noise);
                ui.add(field(&mut scales.low, words.guidance_low));
            } else {
                ui.add(field(&mut scales.low, words.guidance));
                scales = Guidance::both(scales.low);
            }
            if scales != before {
                *value = Some(scales).filter(|&scales| scales != default);
            }
        },
    );
    fix::show(ui, form, Field::Guidance, request)
}

fn shift(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let default = form.model.defaults.shift;
    row(
        ui,
        words.shift,
        words.shift_why,
        &mut request.sampling.shift,
        |ui, value| {
            let mut shift = value.unwrap_or(default);
            let field = Number::new(&mut shift, words.shift, 0.1..=100.0).decimals(1);
            if ui.add(field).changed() {
                *value = Some(shift).filter(|&shift| (shift - default).abs() > 1e-9);
            }
        },
    );
    fix::show(ui, form, Field::Shift, request)
}

fn seed(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let mut asked = None;
    row(
        ui,
        words.seed,
        words.seed_why,
        &mut request.sampling.seed,
        |ui, value| {
            match value {
                Some(seed) => {
                    ui.add(Number::new(seed, words.seed, 0..=u64::from(u32::MAX)).width(96.0));
                }
                None => {
                    caption(ui, words.any_seed);
                }
            }
            let roll = IconButton::new(icons::DICE_FIVE, words.roll_seed);
            if ui.add(roll).clicked() {
                asked = Some(Action::RollSeed);
            }
            let locked = value.is_some();
            let [lock, lock_name] = if locked {
                [icons::LOCK_SIMPLE, words.free_seed]
            } else {
                [icons::LOCK_SIMPLE_OPEN, words.lock_seed]
            };
            if ui
                .add(IconButton::new(lock, lock_name).on(locked))
                .clicked()
            {
                match (locked, form.latest_seed) {
                    (true, _) => *value = None,
                    (false, Some(seed)) => *value = Some(seed),
                    (false, None) => asked = Some(Action::RollSeed),
                }
            }
        },
    );
    asked
}

fn bits(ui: &mut Ui, _: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let width = choice_width(ui);
    row(
        ui,
        words.weights,
        words.weights_why,
        &mut request.compute.quantize,
        |ui, value| {
            let choices = [None, Some(QuantBits::Eight), Some(QuantBits::Four)];
            let names = [words.original, words.eight_bits, words.four_bits];
            let chosen = choices.iter().position(|each| each == value);
            if let Some(taken) = segmented(ui, &names.map(Segment::named), chosen, width) {
                *value = choices[taken];
            }
        },
    );
    None
}

/// A name with a control at the end of the line, and beneath both what it does. Where the value is
/// given, a button takes it back.
fn row<T>(
    ui: &mut Ui,
    name: &str,
    why: &str,
    value: &mut Option<T>,
    control: impl FnOnce(&mut Ui, &mut Option<T>),
) {
    let words = &words(ui).compose;
    ui.horizontal(|ui| {
        label(ui, name);
        let reset = IconButton::new(icons::ARROW_COUNTER_CLOCKWISE, words.reset).small();
        if value.is_some() && ui.add(reset).clicked() {
            *value = None;
        }
        trailing(ui, name, |ui| control(ui, value));
    });
    // It belongs to what stands above it.
    ui.add_space(-space::XS);
    explanation(ui, why);
}
