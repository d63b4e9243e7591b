//! Whether the *LoRAs* of the form fit its model.

use std::path::PathBuf;

use super::App;
use super::dialogs::Question;
use crate::catalog;
use crate::job::{Checkpoint, Expert, Field, Lora, LoraFit, Refusal};

/// What is asked: these files, each for this expert, and this model.
type Matter = (Vec<(PathBuf, Option<Expert>)>, PathBuf);

/// What is known of the LoRAs in the form.
#[derive(Debug, Default)]
pub struct Fitting {
    asked: Matter,
    /// What came of it, once it has.
    fits: Vec<LoraFit>,
}

impl Fitting {
    /// How each fits, once that is known.
    pub fn fits(&self) -> &[LoraFit] {
        &self.fits
    }

    /// Why one cannot be used.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.fits.iter().find_map(|fit| fit.as_ref().err())
    }
}

impl App {
    /// Has a LoRA chosen.
    pub(super) fn choose_lora(&self) {
        let answer = (self.ask)(Question::Weights);
        self.files
            .wait(answer, |app, _, path| app.receive_file(path));
    }

    /// Puts a LoRA into the form, as strong as it was trained.
    pub(super) fn add_lora(&mut self, file: PathBuf) {
        self.preferences.advanced_open = true;
        self.form.request.sources.loras.push(Lora {
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
        let loras = self.form.request.sources.loras.clone();
        let files = loras.iter().map(|lora| (lora.file.clone(), lora.expert));
        let matter = (files.collect(), model.root.clone());
        if self.fitting.asked == matter {
            return;
        }
        self.fitting = Fitting {
            asked: matter.clone(),
            fits: Vec::new(),
        };
        if loras.is_empty() {
            return;
        }
        let fit = move || loras.iter().map(|lora| fit(lora, &model)).collect();
        self.files.scan(fit, move |app, _, fits| {
            // Others may be in the form by now.
            if app.fitting.asked == matter {
                app.fitting.fits = fits;
            }
        });
    }
}

/// Of two experts the layers are counted together.
fn fit(lora: &Lora, model: &Checkpoint) -> LoraFit {
    let matched = catalog::match_loras(std::slice::from_ref(lora), model);
    let matched = matched.map_err(|error| Refusal::new(Field::Loras, error.to_string()))?;
    let fits = matched.iter().map(|each| (each.fit.matched, each.fit.of));
    Ok(fits.fold((0, 0), |(matched, of), (more, of_more)| {
        (matched + more, of + of_more)
    }))
}
