//! *Styles*, which are kept as files, and the prompts that were used last.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::App;
use super::notice::Undo;
use crate::error::{Error, Result};
use crate::job::Style;
use crate::library::LibraryCommand;
use crate::media::json;
use crate::view::action::StyleAction;

/// Of prompts so many are remembered.
const PROMPTS: usize = 50;
/// As long as the name of a file can be on every disk.
const LONGEST: usize = 60;
const ENDING: &str = "json";

/// The styles, and the one that is about to be kept.
#[derive(Debug, Default)]
pub struct Styles {
    /// By their names, in their order.
    pub known: Vec<(String, Style)>,
    /// The name, and what is written around prompts.
    pub draft: [String; 2],
}

impl Styles {
    /// The names.
    pub fn names(&self) -> Vec<&str> {
        self.known.iter().map(|(name, _)| name.as_str()).collect()
    }
}

impl App {
    fn styles_folder(&self) -> PathBuf {
        self.library.places().data.join("styles")
    }

    /// Reads those that there are.
    pub(super) fn read_styles(&self) {
        let folder = self.styles_folder();
        self.files.ask_to_see(
            move || all(&folder),
            |app, _, known| app.desk.styles.known = known,
        );
    }

    /// Takes note of a prompt that a video is made of.
    pub(super) fn note_prompt(&mut self, prompt: &str) {
        let prompts = &mut self.preferences.prompts;
        prompts.retain(|other| other != prompt);
        prompts.insert(0, prompt.to_owned());
        prompts.truncate(PROMPTS);
    }

    /// Does what was asked for.
    pub(super) fn handle_style(&mut self, action: StyleAction) {
        match action {
            StyleAction::Draft(draft) => self.desk.styles.draft = draft,
            StyleAction::Save => self.save_style(),
            StyleAction::Use(name) => {
                let mut known = self.desk.styles.known.iter();
                let style = known.find(|(other, _)| *other == name);
                if let Some((_, style)) = style.cloned() {
                    self.sheet = None;
                    self.use_style(&style);
                }
            }
            StyleAction::Remove(name) => {
                let file = self.style_file(&name);
                let removed = move || crate::platform::files::trash(&file).map(drop);
                self.files.ask(removed, |app, _, removed: Result<()>| {
                    if let Err(error) = removed {
                        app.warn(&error);
                    }
                    app.read_styles();
                });
            }
            StyleAction::Reveal => {
                let folder = self.styles_folder();
                // Where there is none yet, there is nothing to see.
                let _ = fs::create_dir_all(&folder);
                self.reveal(&folder);
            }
        }
    }

    fn style_file(&self, name: &str) -> PathBuf {
        self.styles_folder().join(format!("{name}.{ENDING}"))
    }

    /// Keeps the form's settings under the name that was written.
    fn save_style(&mut self) {
        let [name, around] = &self.desk.styles.draft;
        let name = file_name(name);
        if name.is_empty() {
            return;
        }
        let style = Style::of(&self.form.request, around);
        let file = self.style_file(&name);
        match serde_json::to_value(&style) {
            Ok(value) => self.worker.ask(LibraryCommand::Write(file, value)),
            Err(error) => return self.tell(error.to_string(), true),
        }
        self.desk.styles.known.retain(|(other, _)| *other != name);
        self.desk.styles.known.push((name.clone(), style));
        self.desk
            .styles
            .known
            .sort_by_key(|(name, _)| name.to_lowercase());
        self.desk.styles.draft = <[String; 2]>::default();
        self.tell((self.words().styles.saved)(&name), false);
    }

    /// Puts a style into the form.
    fn use_style(&mut self, style: &Style) {
        let mut missing = Vec::new();
        let known = self.form.request.sources.loras.clone();
        self.change_form(|app| {
            let there = |lora: &crate::job::Lora| {
                lora.file.is_file() || known.iter().any(|known| known.file == lora.file)
            };
            missing = style.apply(&mut app.form.request, there);
        });
        let words = self.words();
        if missing.is_empty() {
            return self.tell_with_undo(words.styles.used, Undo::Form);
        }
        let names = missing.iter().filter_map(|path| path.file_name());
        let names: Vec<_> = names.map(OsStr::to_string_lossy).collect();
        let told = (words.notices.restored_without)(&names.join(", "));
        self.tell_with_undo(told, Undo::Form);
    }

    /// Takes a style that somebody has given, keeps it and uses it. Other files of its kind are told.
    pub(super) fn receive_style(&mut self, path: PathBuf) {
        let read = move || {
            let style = read(&path);
            style
                .ok_or_else(|| Error::content(&path, "is not a Zoetrope style"))
                .map(|style| (path, style))
        };
        self.files.ask(read, |app, _, read| match read {
            Ok((path, style)) => {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let name = file_name(&name);
                let file = app.style_file(&name);
                if let Ok(value) = serde_json::to_value(&style) {
                    app.worker.ask(LibraryCommand::Write(file, value));
                }
                app.desk.styles.known.retain(|(other, _)| *other != name);
                app.desk.styles.known.push((name, style.clone()));
                app.use_style(&style);
            }
            Err(error) => app.warn(&error),
        });
    }
}

/// What a style can be called: a name of a file, and no path.
fn file_name(name: &str) -> String {
    let plain = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    let name: String = name.chars().filter(|&c| plain(c)).take(LONGEST).collect();
    name.trim_matches(['.', ' ']).to_owned()
}

fn read(path: &Path) -> Option<Style> {
    let style: Style = json::read(path)?;
    (style.format == Style::FORMAT).then_some(style)
}

/// Those in a folder.
fn all(folder: &Path) -> Vec<(String, Style)> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_style = |path: &PathBuf| path.extension().is_some_and(|ending| ending == ENDING);
    let styles = paths.filter(is_style).filter_map(|path| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        Some((name, read(&path)?))
    });
    let mut styles: Vec<_> = styles.collect();
    styles.sort_by_key(|(name, _)| name.to_lowercase());
    styles
}
