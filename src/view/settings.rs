//! The *settings* are how the window looks, speaks and works.

use std::path::Path;

use egui::{Label, RichText, Ui};

use super::action::Setting;
use super::commands::{UiCommand, keys};
use super::strings::{Language, words};
pub use super::theme::Appearance;
use super::theme::{self, palette, size, space, text};
use super::widget::{Button, IconButton, Number, Segment, choice, row, segmented, switch};
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
const PATH: f32 = 200.0;
/// How small and how large everything can be, in percent.
const LEAST_ZOOM: u32 = 70;
const MOST_ZOOM: u32 = 200;
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
    let zoom = row(ui, words.zoom, |ui| zoom(ui, settings.zoom));
    appearance
        .map(Setting::Appearance)
        .or(language.map(Setting::Language))
        .or(zoom.map(Setting::Zoom))
}

/// Smaller, the size as it is, larger.
fn zoom(ui: &mut Ui, zoom: f32) -> Option<f32> {
    const STEP: u32 = 10;
    let words = words(ui);
    let percent = (zoom * 100.0).round() as u32;
    let mut wanted = percent;
    let mut step = |ui: &mut Ui, icon, command, to: u32, alive| {
        let keys = keys(ui.ctx(), command);
        let button = IconButton::new(icon, (words.command)(command)).keys(&keys);
        if ui.add_enabled(alive, button).clicked() {
            wanted = to.clamp(LEAST_ZOOM, MOST_ZOOM);
        }
    };
    let (less, more) = (percent.saturating_sub(STEP), percent + STEP);
    step(
        ui,
        icons::MINUS,
        UiCommand::ZoomOut,
        less,
        percent > LEAST_ZOOM,
    );
    let figure = RichText::new(format!("{percent} %")).font(theme::regular(text::BODY));
    ui.add_sized(
        [44.0, size::CONTROL],
        Label::new(figure.color(palette(ui).text)),
    );
    step(
        ui,
        icons::PLUS,
        UiCommand::ZoomIn,
        more,
        percent < MOST_ZOOM,
    );
    (wanted != percent).then_some(wanted as f32 / 100.0)
}

/// How videos are computed.
fn works(ui: &mut Ui, settings: &Settings) -> Option<Setting> {
    let words = &words(ui).settings;
    let processors = [(false, words.gpu), (true, words.cpu)];
    let chosen = settings.by_processor;
    let by_processor = choice(ui, words.run_on, &processors, chosen, WIDTH);
    let limit = memory_limit(ui, settings);
    let preview = row(ui, words.preview, |ui| {
        switch(ui, words.preview, settings.preview)
    });
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
        let beside = LIMIT + ui.spacing().item_spacing.x;
        let width = WIDTH - if limit.is_some() { beside } else { 0.0 };
        let segments = [words.no_limit, words.limit_to].map(Segment::named);
        let chosen = usize::from(limit.is_some());
        match segmented(ui, &segments, Some(chosen), width) {
            Some(0) => limit = None,
            Some(_) => limit = Some((settings.memory * 3 / 4 / GIGABYTE).max(1) * GIGABYTE),
            None => {}
        }
        if let Some(bytes) = limit.as_mut().filter(|_| chosen == 1) {
            let mut gigabytes = *bytes / GIGABYTE;
            let field = Number::new(&mut gigabytes, words.memory_limit, 1..=1024);
            if ui.add(field.suffix(" GB").width(LIMIT)).changed() {
                *bytes = gigabytes * GIGABYTE;
            }
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
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let path = RichText::new(one_line(&name.to_string_lossy()));
        let path = path.font(theme::regular(text::BODY));
        ui.scope(|ui| {
            ui.set_max_width(PATH);
            let path = Label::new(path.color(palette(ui).secondary)).truncate();
            ui.add(path).on_hover_text(folder.display().to_string());
        });
        let reveal = IconButton::new(icons::FOLDER_OPEN, show);
        let revealed = ui.add(reveal).clicked();
        let change = Button::new(words.change).named(words.change_videos);
        let changed = ui.add(change).clicked().then_some(Action::ChooseVideos);
        let reveal = revealed.then(|| Action::Reveal(folder.to_owned()));
        changed.or(reveal)
    })
}
