//! Why a field cannot work, and a button that mends it.

use egui::Ui;

use super::Compose;
use crate::job::{Field, PictureFit, Refusal, Remedy, Request};
use crate::view::Action;
use crate::view::action::{End, Setting};
use crate::view::strings::words;
use crate::view::theme::space;
use crate::view::widget::{Button, explanation, warning};

const GIGABYTE: u64 = 1_000_000_000;

/// Shows what stands in the way of `field`, if anything does.
pub fn show(ui: &mut Ui, form: &Compose, field: Field, request: &mut Request) -> Option<Action> {
    let refusal = form.refusal_of(field)?;
    let sentence = (words(ui).refusal)(refusal);
    ui.add_space(-space::XS);
    if is_still_to_come(refusal) {
        explanation(ui, &sentence);
    } else {
        warning(ui, &sentence);
    }
    let (name, mend) = mend(ui, form, field)?;
    if !ui.add(Button::new(&name)).clicked() {
        return None;
    }
    match mend {
        Mend::Ask(action) => Some(action),
        Mend::Change(change) => {
            change(request);
            None
        }
    }
}

/// Whether nothing is wrong yet: what the model needs has not been given.
pub fn is_still_to_come(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NeedsPicture(_) | Refusal::NeedsLastPicture(_) | Refusal::NeedsVideo(_)
    )
}

enum Mend {
    Ask(Action),
    Change(Box<dyn Fn(&mut Request)>),
}

/// What the button says, and what it does.
fn mend(ui: &Ui, form: &Compose, field: Field) -> Option<(String, Mend)> {
    let words = &words(ui).compose;
    let model = form.model;
    let defaults = &model.defaults;
    let change = |change: Box<dyn Fn(&mut Request)>| Mend::Change(change);
    Some(match field {
        Field::Size => {
            let size = match form.request.canvas.size {
                Some(size) => size.aligned(model.variant.alignment()),
                None => defaults.size,
            };
            let apply = move |request: &mut Request| {
                request.canvas.size = Some(size);
                request.sources.max_area = None;
            };
            ((words.use_size)(size), change(Box::new(apply)))
        }
        Field::Frames => {
            let frames = allowed_frames(form)?;
            let apply = move |request: &mut Request| request.canvas.frames = Some(frames);
            ((words.use_frames)(frames), change(Box::new(apply)))
        }
        Field::Image if form.request.sources.image.is_none() => (
            words.choose_picture.to_owned(),
            Mend::Ask(Action::ChoosePicture(End::First)),
        ),
        Field::Image if form.request.sources.fit == PictureFit::Picture && form.first.is_some() => {
            (
                words.crop_it.to_owned(),
                change(Box::new(|request| request.sources.fit = PictureFit::Crop)),
            )
        }
        Field::Image => (
            words.remove_picture.to_owned(),
            Mend::Ask(Action::RemovePicture(End::First)),
        ),
        Field::LastImage if form.request.sources.last_image.is_none() => (
            words.choose_picture.to_owned(),
            Mend::Ask(Action::ChoosePicture(End::Last)),
        ),
        Field::LastImage => (
            words.remove_picture.to_owned(),
            Mend::Ask(Action::RemovePicture(End::Last)),
        ),
        Field::Loras => (
            words.use_lora_here.to_owned(),
            change(Box::new(|request| {
                for lora in &mut request.sources.loras {
                    lora.expert = None;
                }
            })),
        ),
        Field::Fps | Field::Steps | Field::Guidance | Field::Shift => (
            words.use_model_default.to_owned(),
            change(Box::new(move |request| match field {
                Field::Fps => request.canvas.fps = None,
                Field::Steps => request.sampling.steps = None,
                Field::Guidance => request.sampling.guidance = None,
                _ => request.sampling.shift = None,
            })),
        ),
        Field::Memory => return of_memory(ui, form),
        Field::Video | Field::Mask | Field::References | Field::Prompt | Field::Output => {
            return None;
        }
    })
}

/// What would let it fit into memory.
fn of_memory(ui: &Ui, form: &Compose) -> Option<(String, Mend)> {
    let words = &words(ui).compose;
    let refusal = form.refusal_of(Field::Memory)?;
    if let Some(remedy) = refusal.remedy() {
        let name = match remedy {
            Remedy::Pack(bits) => (words.pack)(bits),
            Remedy::Frames(frames) => (words.use_frames)(frames),
        };
        let apply = move |request: &mut Request| remedy.apply(request);
        return Some((name, Mend::Change(Box::new(apply))));
    }
    let Refusal::Memory {
        needed,
        is_limited: true,
        ..
    } = refusal
    else {
        return None;
    };
    // The limit is somebody's own, and so is the way out.
    let enough = needed.div_ceil(GIGABYTE) * GIGABYTE;
    let raise = Action::Set(Setting::MemoryLimit(Some(enough)));
    Some(((words.raise_limit)(enough), Mend::Ask(raise)))
}

/// As many frames as are asked for, less what the refusal is about.
fn allowed_frames(form: &Compose) -> Option<u32> {
    let stride = form.model.variant.vae_stride().0;
    let frames = form.request.canvas.frames;
    let asked = frames.unwrap_or(form.model.defaults.frames);
    Some(match form.refusal_of(Field::Frames)?.remedy() {
        Some(Remedy::Frames(most)) => most,
        _ => asked.saturating_sub(1).min(4092) / stride * stride + 1,
    })
}
