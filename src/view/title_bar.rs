//! The *title bar*: which model works, how much memory is in use, and the way to the settings.

use std::path::Path;

use egui::{Frame, Margin, Panel, RichText, Sense, Ui, ViewportCommand};

use super::action::{Action, Sheet};
use super::commands::{UiCommand, keys};
use super::icons;
use super::strings::words;
use super::theme::{self, palette, size, space, text};
use super::widget::{Button, IconButton, caption, menu, menu_item, trailing};
use crate::job::Checkpoint;

/// What the title bar shows.
#[derive(Debug)]
pub struct TitleBar<'a> {
    /// The models to choose from.
    pub models: &'a [Checkpoint],
    /// The one that is chosen.
    pub model: Option<&'a Checkpoint>,
    /// (used, all there is), in bytes.
    pub memory: Option<(u64, u64)>,
    /// Whether the bar is the window's: it moves it.
    pub unified: bool,
    /// How far the system's window buttons reach into the bar from its left.
    pub buttons: Option<f32>,
}

const MENU: f32 = 300.0;

/// Draws the bar.
pub fn show(ui: &mut Ui, bar: &TitleBar) -> Option<Action> {
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::symmetric(space::L as i8, 0));
    Panel::top("title bar")
        .exact_size(size::TITLE_BAR)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| content(ui, bar))
        .inner
}

fn content(ui: &mut Ui, bar: &TitleBar) -> Option<Action> {
    let asked = bar.unified.then(|| drag_window(ui)).flatten();
    let chosen = ui.horizontal_centered(|ui| {
        if let Some(end) = bar.buttons {
            ui.add_space((end - space::L).max(0.0));
        }
        let name = RichText::new("Zoetrope").font(theme::semibold(text::BODY));
        ui.label(name.color(palette(ui).text));
        trailing(ui, "title bar", |ui| right(ui, bar))
    });
    chosen.inner.or(asked)
}

/// What stands at the right.
fn right(ui: &mut Ui, bar: &TitleBar) -> Option<Action> {
    let words = words(ui);
    let mut asked = None;
    let mut open = |ui: &mut Ui, icon, command, sheet| {
        let keys = keys(ui.ctx(), command);
        let name = (words.command)(command);
        if ui.add(IconButton::new(icon, name).keys(&keys)).clicked() {
            asked = Some(Action::Open(sheet));
        }
    };
    if let Some((used, all)) = bar.memory {
        let memory = (words.memory)(used, all);
        caption(ui, &memory).on_hover_text(words.memory_why);
        ui.add_space(space::S);
    }
    let chosen = models(ui, bar);
    ui.add_space(space::S);
    open(ui, icons::GRID_FOUR, UiCommand::Library, Sheet::Library);
    open(ui, icons::KEYBOARD, UiCommand::Shortcuts, Sheet::Shortcuts);
    open(ui, icons::GEAR_SIX, UiCommand::Settings, Sheet::Settings);
    asked.or(chosen)
}

fn models(ui: &mut Ui, bar: &TitleBar) -> Option<Action> {
    let words = words(ui);
    let name = bar.model.map(|model| told_apart(bar.models, model));
    let name = name.as_deref().unwrap_or(words.no_model);
    let button = ui.add(Button::new(name).caret());
    let asked = menu(&button, MENU, |ui| {
        let mut asked = None;
        for model in bar.models {
            let chosen = bar.model.is_some_and(|chosen| chosen.root == model.root);
            let detail = (words.model_does)(model.variant.inputs());
            let name = told_apart(bar.models, model);
            if menu_item(ui, &name, detail, chosen).clicked() {
                asked = Some(Action::UseModel(model.root.clone()));
            }
        }
        ui.separator();
        if menu_item(ui, words.more_models, "", false).clicked() {
            asked = Some(Action::Open(Sheet::Models));
        }
        asked
    });
    asked.flatten()
}

/// The name of a model, with the folder that it lies in where another one has that name, too.
fn told_apart(models: &[Checkpoint], model: &Checkpoint) -> String {
    let is_twin = |other: &&Checkpoint| other.name == model.name;
    let folder = model.root.parent().and_then(Path::file_name);
    match folder {
        Some(folder) if models.iter().filter(is_twin).count() > 1 => {
            format!("{}/{}", folder.to_string_lossy(), model.name)
        }
        _ => model.name.clone(),
    }
}

/// The bar moves the window, as every title bar does.
fn drag_window(ui: &Ui) -> Option<Action> {
    let bar = ui.interact(
        ui.max_rect(),
        ui.scope_id().with("drag"),
        Sense::click_and_drag(),
    );
    if bar.drag_started() {
        ui.ctx().send_viewport_cmd(ViewportCommand::StartDrag);
    }
    bar.double_clicked().then_some(Action::DoubleClickBar)
}
