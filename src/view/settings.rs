//! The *settings* are how the window looks, speaks and works.

use std::path::Path;

use egui::{Align, Label, Layout, RichText, Ui};

use super::action::Setting;
use super::commands::UiCommand;
use super::strings::{Language, words};
pub use super::theme::Appearance;
use super::theme::{self, palette, space, text};
use super::widget::{Button, IconButton, Number, Segment, choice, row, segmented};
use super::{Action, icons};
use crate::job::Quality;
use crate::job::plain_text::one_line;

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
    /// The most memory that a job may use, in bytes.
    pub memory_limit: Option<u64>,
    /// All the memory of the machine, in bytes.
    pub memory: u64,
    /// What networks take that are kept in memory for the next job, in bytes.
    pub kept: u64,
    /// Whether jobs show what they are making.
    pub preview: bool,
    /// How well videos are encoded.
    pub quality: Quality,
    /// Where videos go.
    pub videos: &'a Path,
}

const WIDTH: f32 = 300.0;
const LIMIT: f32 = 88.0;
const GIGABYTE: u64 = 1_000_000_000;

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, settings: &Settings) -> Option<Action> {
    let looks = looks(ui, settings);
    ui.add_space(space::M);
    let works = works(ui, settings);
    ui.add_space(space::M);
    let results = results(ui, settings);
    let let_go = (settings.kept > 0)
        .then(|| kept(ui, settings.kept))
        .flatten();
    looks.or(works).map(Action::Set).or(results).or(let_go)
}

/// How the window looks and speaks.
fn looks(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let words = &words(ui).settings;
    let appearances = [
        (Appearance::System, words.system),
        (Appearance::Dark, words.dark),
        (Appearance::Light, words.light),
    ];
    let chosen = settings.appearance;
    let appearance = choice(ui, words.appearance, &appearances, chosen, WIDTH);
    let language = choice(ui, words.language, &Language::ALL, settings.language, WIDTH);
    let mut percent = (settings.zoom * 100.0).round() as u32;
    row(ui, words.zoom, |ui| {
        ui.add(Number::new(&mut percent, words.zoom, 70..=200).suffix(" %"));
    });
    let zoom = percent as f32 / 100.0;
    let zoomed = (zoom - settings.zoom).abs() > 1e-3;
    appearance
        .map(Setting::Appearance)
        .or(language.map(Setting::Language))
        .or(zoomed.then_some(Setting::Zoom(zoom)))
}

/// How videos are computed.
fn works(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let words = &words(ui).settings;
    let processors = [(false, words.gpu), (true, words.cpu)];
    let chosen = settings.by_processor;
    let by_processor = choice(ui, words.run_on, &processors, chosen, WIDTH);
    let limit = memory_limit(ui, settings);
    let previews = [(true, words.on), (false, words.off)];
    let preview = choice(ui, words.preview, &previews, settings.preview, WIDTH);
    by_processor
        .map(Setting::ByProcessor)
        .or(limit)
        .or(preview.map(Setting::Preview))
}

/// The most memory that a video may take. It begins at three quarters of what the machine has.
fn memory_limit(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let words = &words(ui).settings;
    let mut limit = settings.memory_limit;
    row(ui, words.memory_limit, |ui| {
        let mut width = WIDTH;
        if let Some(bytes) = &mut limit {
            let mut gigabytes = *bytes / GIGABYTE;
            let field = Number::new(&mut gigabytes, words.memory_limit, 1..=1024);
            if ui.add(field.suffix(" GB").width(LIMIT)).changed() {
                *bytes = gigabytes * GIGABYTE;
            }
            width -= LIMIT + ui.spacing().item_spacing.x;
        }
        let segments = [words.no_limit, words.limit_to].map(Segment::named);
        let chosen = usize::from(limit.is_some());
        match segmented(ui, &segments, Some(chosen), width) {
            Some(0) => limit = None,
            Some(_) => limit = Some((settings.memory * 3 / 4 / GIGABYTE).max(1) * GIGABYTE),
            None => {}
        }
    });
    (limit != settings.memory_limit).then_some(Setting::MemoryLimit(limit))
}

/// What is kept in memory, and the way to let go of it.
fn kept(ui: &mut Ui, bytes: u64) -> Option<Action> {
    let words = &words(ui).settings;
    ui.add_space(space::M);
    row(ui, words.kept, |ui| {
        let let_go = Button::new(words.let_go).named(words.let_go_of);
        let asked = ui.add(let_go).clicked().then_some(Action::LetGo);
        let size = RichText::new((words.gigabytes)(bytes)).font(theme::regular(text::BODY));
        ui.label(size.color(palette(ui).secondary));
        asked
    })
}

/// What becomes of the videos.
fn results(ui: &mut Ui, settings: &Settings) -> Option<Action> {
    let all = words(ui);
    let qualities = [
        (Quality::Small, all.export.small),
        (Quality::Standard, all.export.standard),
        (Quality::Best, all.export.best),
    ];
    let words = &all.settings;
    let quality = choice(ui, words.quality, &qualities, settings.quality, WIDTH);
    let quality = quality.map(|quality| Action::Set(Setting::Quality(quality)));
    quality.or(videos(ui, settings.videos))
}

/// Where the videos are, the way there, and the way to have them elsewhere.
fn videos(ui: &mut Ui, folder: &Path) -> Option<Action> {
    let show = (words(ui).command)(UiCommand::Reveal);
    let words = &words(ui).settings;
    row(ui, words.videos, |ui| {
        let change = Button::new(words.change).named(words.change_videos);
        let changed = ui.add(change).clicked().then_some(Action::ChooseVideos);
        let reveal = IconButton::new(icons::FOLDER_OPEN, show);
        let revealed = ui.add(reveal).clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let path = RichText::new(one_line(&folder.display().to_string()));
            let path = path.font(theme::regular(text::BODY));
            ui.add(Label::new(path.color(palette(ui).secondary)).truncate());
        });
        let reveal = revealed.then(|| Action::Reveal(folder.to_owned()));
        changed.or(reveal)
    })
}
