//! The *chip* above the button: what few-step files have set, and the way out of it.

use egui::Ui;

use super::Compose;
use crate::job::{FewSteps, Request};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::widget::{Button, IconButton, Kind, caption};

/// Draws it where few-step files are in the form.
pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) {
    let words = &words(ui).compose;
    let Some(found) = form.few_steps else { return };
    let said = request.speedups.preset;
    let preset = said.filter(|preset| *preset != FewSteps::Off);
    let preset = preset.unwrap_or(found);
    let Some(settings) = preset.settings(form.model.variant) else {
        return;
    };
    ui.horizontal(|ui| {
        if said == Some(FewSteps::Off) {
            caption(ui, &(words.few_steps_off)(preset.name()));
            let again = Button::new(words.few_steps_use).kind(Kind::Quiet).flush();
            if ui.add(again).clicked() {
                request.speedups.preset = None;
            }
            return;
        }
        let steps = request.sampling.steps.unwrap_or(settings.steps);
        let guidance = request.sampling.guidance.unwrap_or(settings.guidance);
        caption(ui, &(words.few_steps)(preset.name(), steps, guidance));
        let leave = IconButton::new(icons::X, words.few_steps_leave).small();
        if ui.add(leave).clicked() {
            request.speedups.preset = Some(FewSteps::Off);
        }
        let is_natural = preset == FewSteps::NaturalMotion;
        // A merged model has no LoRAs that could be left out.
        let can_be = found == FewSteps::Lightning && form.model.high_noise.is_some();
        if is_natural || can_be && form.has_few_step_loras {
            let natural = Button::new(words.natural_motion).kind(Kind::Quiet);
            let natural = ui.add(natural).on_hover_text(words.natural_motion_why);
            if natural.clicked() {
                request.speedups.preset = (!is_natural).then_some(FewSteps::NaturalMotion);
            }
        }
    });
}
