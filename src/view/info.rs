//! The *info* on the clip of the stage: its prompt, and below it what is to be known, each fact selectable and all of them to
//! be copied. A quiet column at the stage's right edge.

use egui::{Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::action::Action;
use super::icons;
use super::strings::{Fact, words};
use super::theme::{self, palette, space, text};
use super::widget::{Button, IconButton, Kind, label, trailing};
use crate::job::plain_text::one_line;

/// What the column shows.
#[derive(Debug)]
pub struct Info<'a> {
    /// The prompt.
    pub prompt: &'a str,
    /// What else is to be known.
    pub facts: Vec<Fact>,
}

/// How wide the names of facts are.
const NAMES: f32 = 72.0;

impl Info<'_> {
    /// All of it as text.
    pub fn text(&self) -> String {
        let facts = self.facts.iter();
        let facts = facts.map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<String> = [self.prompt.to_owned()].into_iter().chain(facts).collect();
        lines.join("\n")
    }
}

/// Draws the column, so wide, at the right of what room there is.
pub fn show(ui: &mut Ui, info: &Info, width: f32) -> Option<Action> {
    let frame = Frame::new()
        .fill(palette(ui).panel)
        .inner_margin(Margin::same(space::L as i8));
    Panel::right("info")
        .exact_size(width)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| content(ui, info))
        .inner
}

fn content(ui: &mut Ui, info: &Info) -> Option<Action> {
    let all = words(ui);
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, (all.command)(super::commands::UiCommand::Info));
        trailing(ui, "info", |ui| {
            let copy = Button::new(all.reel.copy_info).kind(Kind::Quiet);
            if ui.add(copy.icon(icons::COPY)).clicked() {
                asked = Some(Action::CopyInfo(info.text()));
            }
            let close = (all.command)(super::commands::UiCommand::Close);
            if ui.add(IconButton::new(icons::X, close).small()).clicked() {
                asked = Some(Action::Fold(super::action::Part::Info));
            }
        });
    });
    ui.add_space(space::S);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let palette = palette(ui);
        let prompt = RichText::new(one_line(info.prompt)).font(theme::regular(text::BODY));
        let prompt = Label::new(prompt.color(palette.text));
        ui.add(prompt.wrap().selectable(true));
        ui.add_space(space::M);
        for (name, value) in &info.facts {
            ui.horizontal_top(|ui| {
                let font = theme::regular(text::CAPTION);
                let name = RichText::new(*name).font(font.clone());
                ui.scope(|ui| {
                    ui.set_width(NAMES);
                    ui.add(Label::new(name.color(palette.secondary)).wrap());
                });
                let value = RichText::new(value).font(font).color(palette.text);
                ui.add(Label::new(value).wrap().selectable(true));
            });
        }
    });
    asked
}
