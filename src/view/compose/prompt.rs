//! What the video should show, the prompts that were used last, and styles.

use egui::Ui;

use super::Compose;
use crate::job::{Request, wildcards};
use crate::view::Action;
use crate::view::action::{Sheet, StyleAction};
use crate::view::icons;
use crate::view::strings::words;
use crate::view::widget::{IconButton, TextBox, caption, menu, menu_item, trailing};

const ROWS: usize = 4;
/// The width of both menus, and how many prompts are offered.
const MENU: f32 = 288.0;
const PROMPTS: usize = 12;

pub fn show(ui: &mut Ui, form: &Compose, request: &mut Request) -> Option<Action> {
    let words = &words(ui).compose;
    ui.add(
        TextBox::new(&mut request.prompt, words.prompt, ROWS)
            .placeholder(words.prompt_placeholder)
            .large(),
    );
    below(ui, form, request)
}

/// What is offered once there is something to offer.
fn below(ui: &mut Ui, form: &Compose, request: &Request) -> Option<Action> {
    let words = &words(ui).styles;
    let prompts = wildcards::count(&request.prompt);
    if form.prompts.is_empty() && form.styles.is_empty() && prompts < 2 {
        return None;
    }
    let mut asked = None;
    ui.horizontal(|ui| {
        if prompts > 1 {
            let why = (words.wildcards)(prompts);
            caption(ui, &format!("{{|}} × {prompts}")).on_hover_text(why);
        }
        trailing(ui, "prompts", |ui| {
            if !form.prompts.is_empty() {
                let button = ui.add(IconButton::new(icons::CLOCK, words.history).small());
                asked = menu(&button, MENU, |ui| history(ui, form)).flatten();
            }
            let button = ui.add(IconButton::new(icons::BOOKMARK, words.button).small());
            let style = menu(&button, MENU, |ui| styles(ui, form)).flatten();
            asked = style.or(asked.take());
        });
    });
    asked
}

fn history(ui: &mut Ui, form: &Compose) -> Option<Action> {
    let prompts = form.prompts.iter().take(PROMPTS);
    let clicked = prompts.filter_map(|prompt| {
        let line = menu_item(ui, &shortened(prompt), "", false);
        line.clicked().then(|| Action::UsePrompt(prompt.clone()))
    });
    clicked.collect::<Vec<_>>().pop()
}

/// A line of the menu has room for so much.
fn shortened(prompt: &str) -> String {
    const MOST: usize = 40;
    match prompt.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", prompt[..end].trim_end()),
        None => prompt.to_owned(),
    }
}

fn styles(ui: &mut Ui, form: &Compose) -> Option<Action> {
    let styles = form.styles.iter();
    let clicked = styles.filter_map(|name| {
        let line = menu_item(ui, name, "", false);
        let take = || Action::Style(StyleAction::Use((*name).to_owned()));
        line.clicked().then(take)
    });
    let chosen = clicked.collect::<Vec<_>>().pop();
    let manage = menu_item(ui, words(ui).styles.manage, "", false).clicked();
    chosen.or(manage.then_some(Action::Open(Sheet::Styles)))
}
