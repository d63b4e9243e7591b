//! Whether the *LoRAs* of the form fit its model.

use std::path::{Path, PathBuf};

use super::App;
use super::dialogs::Question;
use super::files::Done;
use crate::catalog;
use crate::job::{Checkpoint, Expert, Field, Lora, Refusal};

/// What is asked: these files, each for this expert, and this model.
type Matter = (Vec<(PathBuf, Option<Expert>)>, PathBuf);

/// For each LoRA how many of its layers fit the model, and of how many; or why one cannot be used.
pub type Fits = Result<Vec<(usize, usize)>, Refusal>;

/// What is known of the LoRAs in the form.
#[derive(Debug, Default)]
pub struct Fitting {
    asked: Matter,
    /// What came of it, once it has.
    fits: Option<Fits>,
}

impl Fitting {
    /// How each fits, once that is known.
    pub fn fits(&self) -> &[(usize, usize)] {
        match &self.fits {
            Some(Ok(fits)) => fits,
            _ => &[],
        }
    }

    /// Why one cannot be used.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.fits.as_ref()?.as_ref().err()
    }
}

impl App {
    /// Has a LoRA chosen.
    pub(super) fn choose_lora(&self) {
        let chosen = |path: Option<PathBuf>| Some(Done::Opened(path?));
        self.files.wait((self.ask)(Question::Weights), chosen);
    }

    /// Puts a LoRA into the form, as strong as it was trained.
    pub(super) fn add_lora(&mut self, file: PathBuf) {
        self.saved.advanced_open = true;
        self.form.request.loras.push(Lora {
            file,
            strength: 1.0,
            expert: None,
        });
    }

    /// Looks whether the LoRAs fit, when they or the model have changed.
    pub(super) fn watch_loras(&mut self) {
        let Some(model) = self.model().cloned() else {
            return;
        };
        let loras = self.form.request.loras.clone();
        let files = loras.iter().map(|lora| (lora.file.clone(), lora.expert));
        let matter = (files.collect(), model.root.clone());
        if self.fitting.asked == matter {
            return;
        }
        self.fitting = Fitting {
            asked: matter,
            fits: None,
        };
        if loras.is_empty() {
            return;
        }
        self.files.ask(move || {
            let fits = fit(&loras, &model);
            Some(Done::Fit(loras, model.root, fits))
        });
    }

    /// Takes note of how LoRAs fit, if the form still has them.
    pub(super) fn hear_fit(&mut self, loras: &[Lora], root: &Path, fits: Fits) {
        let files = loras.iter().map(|lora| (lora.file.clone(), lora.expert));
        if self.fitting.asked == (files.collect(), root.to_owned()) {
            self.fitting.fits = Some(fits);
        }
    }
}

/// Of two experts the layers are counted together.
fn fit(loras: &[Lora], model: &Checkpoint) -> Fits {
    let count = |lora: &Lora| {
        let matched = catalog::match_loras(std::slice::from_ref(lora), model);
        let matched = matched.map_err(|error| Refusal::new(Field::Loras, error.to_string()))?;
        let fits = matched.iter().map(|each| (each.fit.matched, each.fit.of));
        Ok(fits.fold((0, 0), |(matched, of), (more, of_more)| {
            (matched + more, of + of_more)
        }))
    };
    loras.iter().map(count).collect()
}
