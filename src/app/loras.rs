//! Whether the *LoRAs* of the form fit its model.

use std::path::PathBuf;

use super::App;
use super::dialogs::Question;
use crate::catalog::{self, few_steps};
use crate::job::{Checkpoint, Expert, LayersFit, Lora, LoraFit, Refusal};

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
        self.form.few_steps = None;
        let look = move || {
            let fits = loras.iter().map(|lora| fit(lora, &model)).collect();
            // What cannot be read is told by how it fits.
            let found = few_steps::recognised(&loras, &model).ok().flatten();
            (fits, found)
        };
        self.files.scan(look, move |app, _, (fits, found)| {
            // Others may be in the form by now.
            if app.fitting.asked == matter {
                app.fitting.fits = fits;
                app.form.few_steps = found;
            }
        });
    }
}

/// Of two experts the layers are counted together.
fn fit(lora: &Lora, model: &Checkpoint) -> LoraFit {
    let matched = catalog::match_loras(std::slice::from_ref(lora), model);
    let matched = matched.map_err(|error| Refusal::LoraUnusable(Box::new(error.problem())))?;
    Ok(matched
        .iter()
        .fold(LayersFit::default(), |sum, each| LayersFit {
            matched: sum.matched + each.fit.matched,
            of: sum.of + each.fit.of,
            pictures: sum.pictures + each.fit.for_pictures(),
        }))
}
