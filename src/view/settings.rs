//! The *settings* are how the window looks, speaks and works.

use egui::{Align, Layout, Ui};

use super::Action;
use super::action::Setting;
use super::strings::{Language, words};
pub use super::theme::Appearance;
use super::widget::{Face, Number, Segment, label, segmented};

/// What the settings show.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Dark, light, or as the system.
    pub appearance: Appearance,
    /// The language.
    pub language: Language,
    /// How many times as large as usual everything is.
    pub zoom: f32,
    /// Whether jobs are computed by the processor alone.
    pub by_processor: bool,
}

const WIDTH: f32 = 300.0;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, settings: &Settings) -> Option<Action> {
    let words = &words(ui).settings;
    let appearances = [Appearance::System, Appearance::Dark, Appearance::Light];
    let names = [words.system, words.dark, words.light];
    let appearance = choice(ui, words.appearance, &names, |ui, segments| {
        let chosen = appearances
            .iter()
            .position(|&each| each == settings.appearance);
        segmented(ui, segments, chosen, WIDTH)
    });
    let languages = Language::ALL.map(|(_, name)| name);
    let language = choice(ui, words.language, &languages, |ui, segments| {
        let chosen = Language::ALL
            .iter()
            .position(|(each, _)| *each == settings.language);
        segmented(ui, segments, chosen, WIDTH)
    });
    let processors = [words.graphics_processor, words.processor];
    let processor = choice(ui, words.compute_by, &processors, |ui, segments| {
        segmented(
            ui,
            segments,
            Some(usize::from(settings.by_processor)),
            WIDTH,
        )
    });
    let mut percent = (settings.zoom * 100.0).round() as u32;
    ui.horizontal(|ui| {
        label(ui, words.zoom);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Number::new(&mut percent, words.zoom, 70..=200).suffix(" %"));
        });
    });
    let zoom = percent as f32 / 100.0;
    let zoomed = (zoom - settings.zoom).abs() > 1e-3;
    let set = appearance.map(|taken| Setting::Appearance(appearances[taken]));
    let set = set.or(language.map(|taken| Setting::Language(Language::ALL[taken].0)));
    let set = set.or(processor.map(|taken| Setting::ByProcessor(taken == 1)));
    set.or(zoomed.then_some(Setting::Zoom(zoom)))
        .map(Action::Set)
}

fn choice(
    ui: &mut Ui,
    name: &str,
    choices: &[&str],
    control: impl FnOnce(&mut Ui, &[Segment]) -> Option<usize>,
) -> Option<usize> {
    let segments: Vec<Segment> = choices
        .iter()
        .map(|name| Segment {
            face: Face::Name,
            name,
        })
        .collect();
    ui.horizontal(|ui| {
        label(ui, name);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            control(ui, &segments)
        })
        .inner
    })
    .inner
}
