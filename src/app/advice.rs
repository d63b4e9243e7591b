//! *Advice* on models: which of those that can be downloaded run here, and which of those that are here can go.

use std::path::{Path, PathBuf};

use super::App;
use super::models::Change;
use crate::catalog::hub::Destination;
use crate::disk;
use crate::engine::advice;
use crate::engine::outlook::Mac;
use crate::error::Result;
use crate::job::{Checkpoint, Installed, ModelAdvice};
use crate::platform;

/// What was found out.
#[derive(Debug, Default)]
pub struct Advice {
    /// Of each that can be downloaded.
    pub known: Vec<ModelAdvice>,
    /// The free bytes of the disk that downloads come to.
    pub free: Option<u64>,
    /// The places of models whose files nothing else uses.
    pub can_delete: Vec<PathBuf>,
}

impl App {
    /// Looks what runs here, and how much room there is.
    pub(super) fn look_what_fits(&self) {
        let offers = self.offers.clone();
        let memory = self.memory.total();
        let look = move || {
            // What cannot be told is not said.
            let known = advice::on(&offers, this_mac(memory)).unwrap_or_default();
            let cache = Destination::cache().ok();
            let free = cache.and_then(|cache| disk::free_space(cache.folder()));
            (known, free)
        };
        self.files.scan(look, |app, _, (known, free)| {
            let by_processor = app.preferences.by_processor;
            let learnt = |advice: ModelAdvice| {
                let plan = advice::usual(&advice.offer).filter(|_| advice.fits);
                let time = || app.estimates.of_family(&plan?, by_processor);
                ModelAdvice {
                    time: advice.time.or_else(time),
                    ..advice
                }
            };
            app.desk.advice.known = known.into_iter().map(learnt).collect();
            app.desk.advice.free = free;
        });
    }

    /// Looks which models have files of their own alone.
    pub(super) fn look_what_can_go(&mut self) {
        let installed = self.found.installed.clone();
        let built_in = self.models.first().map(|model| model.root.clone());
        let look = move || {
            let is_alone = |model: &&Installed| {
                let others = installed.iter().filter(|other| other.place != model.place);
                let files = others.filter_map(|other| other.checkpoint.as_ref().ok());
                let folder = whole(&model.place);
                let mut files = files.flat_map(files_of);
                Some(&model.place) != built_in.as_ref()
                    && !files.any(|file| file.starts_with(&folder))
            };
            let alone = installed.iter().filter(is_alone);
            alone.map(|model| model.place.clone()).collect()
        };
        self.files.scan(look, |app, _, can_delete| {
            app.desk.advice.can_delete = can_delete;
        });
    }

    /// Takes a model to the Trash.
    pub(super) fn delete_model(&mut self, place: &Path) {
        if !self
            .desk
            .advice
            .can_delete
            .iter()
            .any(|other| other == place)
        {
            return;
        }
        let folder = whole(place);
        let trash = move || platform::files::trash(&folder).map(drop);
        self.files.ask(trash, |app, _, trashed: Result<()>| {
            match trashed {
                Ok(()) => app.tell(app.words().models.deleted, false),
                Err(error) => app.warn(&error),
            }
            app.look_for_models(Change::None);
        });
    }
}

/// What belongs to a model: in Hugging Face's cache the folder of its repository.
fn whole(place: &Path) -> PathBuf {
    let is_repository = |folder: &&Path| {
        let name = folder.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("models--")
    };
    let repository = place.ancestors().find(is_repository);
    repository.unwrap_or(place).to_owned()
}

fn files_of(model: &Checkpoint) -> Vec<PathBuf> {
    let high = model
        .high_noise
        .iter()
        .flat_map(|high| &high.network.weights);
    let weights = model.dit.weights.iter().chain(high);
    let beside = model.text_encoder.iter().chain(&model.image_encoder);
    let all = weights.chain(beside).chain(&model.vae);
    all.chain([&model.tokenizer]).cloned().collect()
}

/// This machine, if it is a Mac whose chip is known.
fn this_mac(memory: u64) -> Option<Mac> {
    let chip = platform::chip()?;
    let chip = chip.strip_prefix("Apple ").unwrap_or(&chip);
    format!("{chip}-{}GB", memory >> 30).parse().ok()
}
