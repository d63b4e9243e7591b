//! The *models* that the window knows, and how it comes to know more.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::App;
use super::dialogs::Question;
use crate::catalog::{self, Catalogue, folders};
use crate::error::Result;
use crate::job::{Checkpoint, Installed, Problem};
use crate::view::action::ModelsAction;

/// What is done with the folders before models are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// None: they are looked through as they are.
    None,
    /// This one is added.
    Add(PathBuf),
    /// This one, which was added, is looked through no more.
    Forget(PathBuf),
}

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Every model, and every file of weights that cannot be used; whole ones first.
    pub installed: Vec<Installed>,
    /// The folders that were added.
    pub folders: Vec<PathBuf>,
}

/// Looks which models there are. It takes its time, so it is called on another thread.
pub type Look = Arc<dyn Fn(&Change) -> Result<Found> + Send + Sync>;

/// Looks where models of this user may be.
///
/// # Errors
/// A folder without a model was to be added, or the list of folders cannot be read or written.
pub fn of_user(change: &Change) -> Result<Found> {
    match change {
        Change::None => {}
        Change::Add(folder) => {
            if catalog::scan(std::slice::from_ref(folder))
                .models
                .is_empty()
            {
                return Err(Problem::NoModelsIn(folder.clone()).into());
            }
            folders::add(folder)?;
        }
        Change::Forget(folder) => folders::forget(folder)?,
    }
    let Catalogue { models } = catalog::scan(&folders::all());
    Ok(Found {
        installed: models,
        folders: folders::added()?,
    })
}

impl App {
    /// Has models looked for.
    pub(super) fn look_for_models(&self, change: Change) {
        let look = Arc::clone(&self.look);
        let look = move || {
            let found = look(&change);
            (change, found)
        };
        self.files
            .scan(look, |app, _, (change, found)| match found {
                Ok(found) => app.know_models(&change, found),
                Err(error) => app.warn(&error),
            });
    }

    pub(super) fn handle_models(&mut self, ctx: &Context, action: ModelsAction) {
        match action {
            ModelsAction::AddFolder => {
                let answer = (self.ask)(Question::Folder);
                self.files
                    .wait(answer, |app, _, path| app.receive_file(path));
            }
            ModelsAction::Forget(folder) => self.look_for_models(Change::Forget(folder)),
            ModelsAction::LookAgain => self.look_for_models(Change::None),
            ModelsAction::Download(wanted) => self.download(ctx, wanted),
            ModelsAction::StopDownload => {
                self.stop_download();
                self.download_next(ctx);
            }
            ModelsAction::ForgetDownload(wanted) => {
                self.desk.to_download.retain(|other| *other != wanted);
            }
            ModelsAction::Delete(place) => self.delete_model(&place),
        }
    }

    /// Makes videos with the model in this folder. The size goes along as a wish.
    pub(super) fn use_model(&mut self, root: PathBuf) {
        let before = self.model().cloned();
        self.preferences.model = Some(root);
        if let (Some(before), Some(after)) = (before, self.model().cloned()) {
            self.form.wish_size(&before, &after);
        }
    }

    /// Takes note of the models that were found. The only one in a folder that was added is used; of several, somebody
    /// chooses.
    fn know_models(&mut self, change: &Change, found: Found) {
        let whole = found.installed.iter().filter_map(whole).cloned();
        // The one that comes with the program stays the first.
        let first = self.models.first().map(|model| model.root.clone());
        let mut models: Vec<Checkpoint> = whole.collect();
        models.sort_by_key(|model| Some(&model.root) != first.as_ref());
        self.models = models;
        self.found = found;
        self.look_what_can_go();
        if let Change::Add(folder) = change {
            let installed = self.found.installed.clone();
            self.use_model_in(folder, &installed);
        }
    }

    fn use_model_in(&mut self, folder: &Path, installed: &[Installed]) {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let is_in = |model: &&Installed| {
            let place = model.place.canonicalize();
            place.is_ok_and(|place| place.starts_with(&folder))
        };
        let inside: Vec<&Installed> = installed.iter().filter(is_in).collect();
        let whole: Vec<&Checkpoint> = inside.iter().copied().filter_map(whole).collect();
        match (&whole[..], inside.first().map(|model| &model.checkpoint)) {
            ([model], _) => self.use_model(model.root.clone()),
            ([], Some(Err(problem))) => self.tell_problem(problem),
            ([], _) => {}
            (several, _) => {
                let found = (self.words().notices.models_found)(several.len());
                self.tell(found, false);
            }
        }
    }
}

fn whole(model: &Installed) -> Option<&Checkpoint> {
    model.checkpoint.as_ref().ok()
}
