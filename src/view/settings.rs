//! The *settings* are how the window looks, speaks and works.

use std::path::Path;

use egui::{Align, Label, Layout, RichText, Ui};

use super::action::Setting;
use super::strings::{Language, words};
pub use super::theme::Appearance;
use super::theme::{self, palette, text};
use super::widget::{IconButton, Number, choice, row};
use super::{Action, icons};

/// What the settings show.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// Dark, light, or as the system.
    pub appearance: Appearance,
    /// The language.
    pub language: Language,
    /// How many times as large as usual everything is.
    pub zoom: f32,
    /// Whether jobs are computed by the processor alone.
    pub by_processor: bool,
    /// Whether jobs show what they are making.
    pub preview: bool,
    /// Where videos go.
    pub videos: &'a Path,
}

const WIDTH: f32 = 300.0;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, settings: &Settings) -> Option<Action> {
    let words = &words(ui).settings;
    let appearances = [
        (Appearance::System, words.system),
        (Appearance::Dark, words.dark),
        (Appearance::Light, words.light),
    ];
    let appearance = choice(
        ui,
        words.appearance,
        &appearances,
        settings.appearance,
        WIDTH,
    );
    let language = choice(ui, words.language, &Language::ALL, settings.language, WIDTH);
    let processors = [(false, words.graphics_processor), (true, words.processor)];
    let by_processor = settings.by_processor;
    let by_processor = choice(ui, words.compute_by, &processors, by_processor, WIDTH);
    let previews = [(true, words.on), (false, words.off)];
    let preview = choice(ui, words.preview, &previews, settings.preview, WIDTH);
    let revealed = videos(ui, settings.videos);
    let mut percent = (settings.zoom * 100.0).round() as u32;
    row(ui, words.zoom, |ui| {
        ui.add(Number::new(&mut percent, words.zoom, 70..=200).suffix(" %"));
    });
    let zoom = percent as f32 / 100.0;
    let zoomed = (zoom - settings.zoom).abs() > 1e-3;
    appearance
        .map(Setting::Appearance)
        .or(language.map(Setting::Language))
        .or(by_processor.map(Setting::ByProcessor))
        .or(preview.map(Setting::Preview))
        .or(zoomed.then_some(Setting::Zoom(zoom)))
        .map(Action::Set)
        .or(revealed)
}

/// Where the videos are, and the way there.
fn videos(ui: &mut Ui, folder: &Path) -> Option<Action> {
    let words = &words(ui).settings;
    row(ui, words.videos, |ui| {
        let reveal = IconButton::new(icons::FOLDER_OPEN, words.show_videos);
        let clicked = ui.add(reveal).clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let path = RichText::new(folder.display().to_string());
            let path = path.font(theme::regular(text::BODY));
            ui.add(Label::new(path.color(palette(ui).secondary)).truncate());
        });
        clicked.then(|| Action::Reveal(folder.to_owned()))
    })
}
