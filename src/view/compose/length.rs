//! How long the video plays.

use egui::Ui;

use super::{Compose, fix};
use crate::job::{Field, Request};
use crate::view::Action;
use crate::view::strings::words;
use crate::view::widget::{Number, Slider, caption, label, trailing};

/// The slider reaches this many times as far as the model's own length.
const REACH: u32 = 2;

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    let defaults = &form.model.defaults;
    let stride = form.model.variant.vae_stride().0;
    let fps = request.canvas.fps.unwrap_or(defaults.fps).max(1);
    // As long as the video that leads, if that is not longer than the model's own length.
    let own = form.guides.span.map(|span| span.length(fps));
    let usual = own.map_or(defaults.frames, |own| own.min(defaults.frames));
    let mut frames = request.canvas.frames.unwrap_or(usual);
    let before = frames;
    let longest = (REACH * defaults.frames).max(frames) / stride * stride + 1;
    let suffix = if frames == 1 {
        words.frame_suffix
    } else {
        words.frames_suffix
    };
    ui.horizontal(|ui| {
        label(ui, words.length);
        trailing(ui, "length", |ui| {
            caption(ui, &(words.seconds)(f64::from(frames) / f64::from(fps)));
            let field = Number::new(&mut frames, words.frames, 1..=4093)
                .steps(1, stride)
                .suffix(suffix);
            ui.add(field.width(88.0));
        });
    });
    ui.add(Slider::new(
        &mut frames,
        1 + stride..=longest,
        stride,
        words.length,
    ));
    if frames != before {
        request.canvas.frames = Some(frames).filter(|&frames| frames != usual);
    }
    let frames = fix::show(ui, form, Field::Frames, request);
    frames.or_else(|| fix::show(ui, form, Field::Fps, request))
}
