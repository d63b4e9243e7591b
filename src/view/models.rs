//! The *models* on this machine: what each can do, what is missing of those that are not whole, and where they are
//! looked for.

use std::path::{Path, PathBuf};

use egui::{Align, Frame, Label, Layout, Margin, RichText, Ui};

use super::action::{Action, ModelsAction};
use super::icons;
use super::strings::words;
use super::theme::{self, palette, radius, space, text};
use super::widget::{
    Button, IconButton, Kind, caption, explanation, label, menu, menu_item, progress, trailing,
    warning,
};
use crate::job::plain_text::one_line;
use crate::job::{
    DownloadProgress, FastFiles, Flaw, Installed, ModelAdvice, ModelDownload, Problem, Wanted,
    licence,
};

const MENU: f32 = 320.0;

/// What the sheet shows.
#[derive(Debug)]
pub struct Models<'a> {
    /// Every model that was found, and every file of weights that cannot be used; whole ones first.
    pub installed: &'a [Installed],
    /// The folders that were added to those that are known.
    pub folders: &'a [PathBuf],
    /// The place of the one that is chosen.
    pub chosen: Option<&'a Path>,
    /// What can be downloaded.
    pub offers: &'a [ModelDownload],
    /// What is known of these, of each as far as it is known.
    pub advice: &'a [ModelAdvice],
    /// The free bytes of the disk that they come to.
    pub free: Option<u64>,
    /// What is being downloaded.
    pub coming: Option<Coming>,
    /// What comes after that.
    pub waiting: &'a [Wanted],
    /// Those whose files nothing else uses.
    pub can_delete: &'a [PathBuf],
}

/// A download and how far it is.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    /// What comes.
    pub wanted: Wanted,
    /// How far it is; of no bytes until it is known how many there are.
    pub transfer: DownloadProgress,
}

/// Draws the sheet's content.
pub fn show(ui: &mut Ui, models: &Models) -> Option<Action> {
    let mut asked = None;
    for model in models.installed {
        let is_chosen = models.chosen == Some(model.place.as_path());
        let can_delete = models.can_delete.contains(&model.place) && !is_chosen;
        asked = card(ui, model, is_chosen, can_delete).or(asked);
        ui.add_space(space::S);
    }
    asked = more(ui, models).or(asked);
    asked = folders(ui, models.folders).or(asked);
    asked
}

/// A model, what it does, and the way to it.
fn card(ui: &mut Ui, model: &Installed, is_chosen: bool, can_delete: bool) -> Option<Action> {
    let words = words(ui);
    let frame = Frame::new()
        .fill(palette(ui).raised)
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(space::M as i8));
    let content = |ui: &mut Ui| {
        let mut asked = None;
        ui.horizontal(|ui| {
            label(ui, &model.name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = (words.models.delete)(&model.name);
                let delete = IconButton::new(icons::TRASH, &name).small();
                if can_delete && ui.add(delete).clicked() {
                    asked = Some(Action::Models(ModelsAction::Delete(model.place.clone())));
                }
                let name = (words.models.reveal)(&model.name);
                let reveal = IconButton::new(icons::FOLDER_OPEN, &name).small();
                if ui.add(reveal).clicked() {
                    asked = Some(Action::Reveal(model.place.clone()));
                }
                if is_chosen {
                    caption(ui, words.models.chosen);
                } else if let Ok(checkpoint) = &model.checkpoint {
                    let name = (words.models.choose)(&model.name);
                    let usable = Button::new(words.models.use_it).named(&name);
                    if ui.add(usable).clicked() {
                        asked = Some(Action::UseModel(checkpoint.root.clone()));
                    }
                }
            });
        });
        if let Some(variant) = model.variant {
            let does = (words.model_does)(variant.inputs());
            let family = [variant.name(), does].join(" · ");
            caption(ui, &(words.models.family)(&family, model.bytes));
        }
        for remark in &model.remarks {
            explanation(ui, &(words.remark)(remark));
        }
        match &model.checkpoint {
            Err(problem) if lacks_tokenizer(problem) => {
                warning(ui, words.models.no_tokenizer);
                let button = Button::new(words.models.get_tokenizer);
                if ui.add(button).clicked() {
                    asked = Some(Action::Models(ModelsAction::Download(Wanted::Tokenizer)));
                }
            }
            Err(problem) => {
                warning(ui, &(words.problem)(problem));
            }
            Ok(_) => {}
        }
        asked
    };
    frame.show(ui, content).inner
}

/// Whether all that is missing can be had by a click.
fn lacks_tokenizer(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Content {
            flaw: Flaw::NoTokenizer,
            ..
        }
    )
}

/// What can be downloaded, or what is.
fn more(ui: &mut Ui, models: &Models) -> Option<Action> {
    let words = &words(ui).models;
    ui.add_space(space::S);
    label(ui, words.more);
    explanation(ui, words.more_why);
    if let Some(free) = models.free {
        explanation(ui, &(words.free)(free));
    }
    let mut stopped = None;
    if let Some(coming) = &models.coming {
        stopped = download(ui, coming);
    }
    for wanted in models.waiting {
        stopped = waiting(ui, *wanted).or(stopped);
    }
    let mut asked = None;
    for of_model in models.offers.chunk_by(|a, b| a.model == b.model) {
        asked = offer(ui, models, of_model).or(asked);
    }
    let asked = asked.map(Wanted::from).or(fast(ui));
    let asked = asked.map(|wanted| Action::Models(ModelsAction::Download(wanted)));
    stopped.or(asked)
}

/// A model in its forms: what it makes, which of them this machine runs best, and how long a video takes.
fn offer(ui: &mut Ui, models: &Models, of_model: &[ModelDownload]) -> Option<ModelDownload> {
    let ModelDownload { model, .. } = of_model.first()?;
    let words = &words(ui).models;
    let advice = models.advice.iter();
    let advice = advice
        .filter(|advice| advice.offer.model == *model)
        .copied();
    let advice: Vec<ModelAdvice> = advice.collect();
    let mut asked = None;
    ui.add_space(space::S);
    ui.horizontal(|ui| {
        let variant = model.variant();
        let does = (super::strings::words(ui).model_does)(variant.inputs());
        label(ui, model.title());
        caption(ui, does);
        trailing(ui, model.title(), |ui| {
            let name = (words.download_it)(model.title());
            let button = Button::new(words.download).caret();
            let button = ui.add(button.named(&name));
            asked = menu(&button, MENU, |ui| edition(ui, of_model, &advice)).flatten();
        });
    });
    let licence = licence(*model);
    match ModelAdvice::best(&advice) {
        Some(best) => explanation(ui, &(words.best)(best, licence)),
        None => match advice.iter().min_by_key(|advice| advice.needs) {
            Some(least) => explanation(ui, &(words.too_large)(least, licence)),
            None => explanation(ui, licence),
        },
    };
    asked
}

/// What comes after the download at hand.
fn waiting(ui: &mut Ui, wanted: Wanted) -> Option<Action> {
    let words = &words(ui).models;
    let mut asked = None;
    ui.horizontal(|ui| {
        label(ui, wanted.title());
        caption(ui, words.waits);
        trailing(ui, wanted.title(), |ui| {
            let name = (words.forget_download)(wanted.title());
            if ui.add(IconButton::new(icons::X, &name).small()).clicked() {
                asked = Some(Action::Models(ModelsAction::ForgetDownload(wanted)));
            }
        });
    });
    asked
}

/// What can be downloaded beside a model.
fn fast(ui: &mut Ui) -> Option<Wanted> {
    let words = &words(ui).models;
    let mut asked = None;
    ui.add_space(space::S);
    label(ui, words.fast);
    explanation(ui, words.fast_why);
    for files in FastFiles::ALL {
        ui.horizontal(|ui| {
            label(ui, files.title());
            caption(ui, &(words.size)(files.bytes()));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = (words.download_it)(files.title());
                if ui.add(Button::new(words.download).named(&name)).clicked() {
                    asked = Some(files.into());
                }
            });
        });
    }
    asked
}

/// Lets somebody choose between the forms of a model.
fn edition(ui: &mut Ui, offers: &[ModelDownload], advice: &[ModelAdvice]) -> Option<ModelDownload> {
    let words = &words(ui).models;
    let mut chosen = None;
    for offer in offers {
        let line = (words.edition)(offer.edition, offer.bytes);
        let known = advice.iter().find(|advice| advice.offer == *offer);
        let detail = known.map(words.fits).unwrap_or_default();
        if menu_item(ui, &line, &detail, false).clicked() {
            chosen = Some(*offer);
        }
    }
    chosen
}

fn download(ui: &mut Ui, coming: &Coming) -> Option<Action> {
    let words = &words(ui).models;
    let mut asked = None;
    ui.horizontal(|ui| {
        let title = match coming.wanted {
            Wanted::Tokenizer => words.tokenizer,
            wanted => wanted.title(),
        };
        label(ui, title);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::new(words.stop)).clicked() {
                asked = Some(Action::Models(ModelsAction::StopDownload));
            }
        });
    });
    let DownloadProgress { done, of, .. } = coming.transfer;
    let share = done as f32 / of.max(1) as f32;
    let width = ui.available_width();
    progress(ui, share, width, words.download);
    caption(ui, &(words.come)(&coming.transfer));
    asked
}

/// Where models are looked for, and how there come more.
fn folders(ui: &mut Ui, folders: &[PathBuf]) -> Option<Action> {
    let words = &words(ui).models;
    let mut asked = None;
    ui.add_space(space::S);
    label(ui, words.folders);
    explanation(ui, words.folders_why);
    for folder in folders {
        let shown = folder.display().to_string();
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = (words.forget)(&shown);
                if ui.add(IconButton::new(icons::X, &name).small()).clicked() {
                    asked = Some(Action::Models(ModelsAction::Forget(folder.clone())));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let path = RichText::new(one_line(&shown)).font(theme::regular(text::CAPTION));
                    ui.add(Label::new(path.color(palette(ui).text)).truncate());
                });
            });
        });
    }
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        if ui.add(Button::new(words.add_folder)).clicked() {
            asked = Some(Action::Models(ModelsAction::AddFolder));
        }
        let again = Button::new(words.look_again).kind(Kind::Quiet);
        if ui.add(again).clicked() {
            asked = Some(Action::Models(ModelsAction::LookAgain));
        }
    });
    asked
}
