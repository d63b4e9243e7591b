//! A *LoRA* is a small change to a network that somebody trained: to each of some matrices it adds the product of two
//! narrow ones, and to other tensors sometimes a whole difference.
//!
//! Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv 2106.09685). How trainers name the parts is
//! told in `dialect`.

mod change;
mod dialect;
mod merging;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::cursor::Weights;
use crate::{Error, Result};
pub(super) use change::{Branch, Change};
use dialect::{Modules, Part};

/// How many names an error spells out.
const NAMED: usize = 3;

/// What tells of a kind that scales whole matrices besides: without that it would be another network.
const DORA: [&str; 2] = ["dora_scale", "lora_magnitude_vector"];

/// The changes to tensors, by the tensors' names.
pub(super) type Changes = BTreeMap<String, Vec<Change>>;

/// A file with a LoRA; of it only the header is read until a network is loaded with it.
#[derive(Debug)]
pub struct Lora {
    path: PathBuf,
    weights: Weights,
    /// What the file has for each module, under the file's own name for it.
    modules: BTreeMap<String, Module>,
}

/// How much of a LoRA fits a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The modules that the network has, in the right size.
    pub matched: usize,
    /// All modules of the file.
    pub of: usize,
}

/// The names of the tensors that the file has for one module.
#[derive(Debug, Default)]
struct Module {
    down: Option<String>,
    up: Option<String>,
    alpha: Option<String>,
    /// Whole differences, and the tensors of the module that they are added to.
    differences: Vec<(&'static str, String)>,
}

impl Module {
    /// (outputs, inputs) of the matrix that it changes.
    fn size(&self, weights: &Weights) -> Option<(i32, i32)> {
        let up = weights.shape(self.up.as_ref()?).ok()?;
        let down = weights.shape(self.down.as_ref()?).ok()?;
        Some((*up.first()?, *down.get(1)?))
    }
}

impl Lora {
    /// Reads the header.
    ///
    /// # Errors
    /// It is no file of weights, a damaged one, or a DoRA.
    pub fn open(path: &Path) -> Result<Self> {
        let weights = Weights::open_as_named(path)?;
        let mut modules = BTreeMap::<String, Module>::new();
        for key in weights.names() {
            if DORA.iter().any(|mark| key.contains(mark)) {
                let problem = "is a DoRA, which this version cannot apply: choose a LoRA without weight decomposition";
                return Err(Error::content(path, problem));
            }
            let (name, part) = dialect::take_apart(&key);
            let module = modules.entry(name.to_owned()).or_default();
            match part {
                Some(Part::Down) => module.down = Some(key),
                Some(Part::Up) => module.up = Some(key),
                Some(Part::Alpha) => module.alpha = Some(key),
                Some(Part::Difference(tensor)) => module.differences.push((tensor, key)),
                None => {} // a module without any part, which fits nothing
            }
        }
        Ok(Self {
            path: path.to_owned(),
            weights,
            modules,
        })
    }

    /// How much of it fits a network.
    ///
    /// # Errors
    /// Nothing does, and what does not.
    pub fn fit(&self, network: &Weights) -> Result<Fit> {
        Ok(self.changes(network, 1.0)?.0)
    }

    /// How much of it fits a network, and what it changes there at a strength.
    pub(super) fn changes(&self, network: &Weights, strength: f32) -> Result<(Fit, Changes)> {
        let official = Modules::of(network);
        let mut changes = Changes::new();
        let mut left_out = Vec::new();
        for (name, module) in &self.modules {
            let found = official.find(name);
            let fitting = found.map(|found| self.fitting(module, &found, network, strength));
            match fitting.transpose()?.flatten() {
                Some(fitting) => {
                    for (tensor, change) in fitting {
                        changes.entry(tensor).or_default().push(change);
                    }
                }
                None => left_out.push(name.as_str()),
            }
        }
        let of = self.modules.len();
        let fit = Fit {
            matched: of - left_out.len(),
            of,
        };
        if fit.matched == 0 {
            return Err(self.stranger(&left_out, network));
        }
        Ok((fit, changes))
    }

    /// The changes to the tensors of one module of the network, unless one of them does not fit.
    fn fitting(
        &self,
        module: &Module,
        found: &str,
        network: &Weights,
        strength: f32,
    ) -> Result<Option<Vec<(String, Change)>>> {
        let mut changes = Vec::new();
        match (&module.down, &module.up) {
            (Some(down), Some(up)) => {
                let alpha = module.alpha.as_ref();
                let pair = Change::low_rank(&self.weights, [down, up], alpha, strength)?;
                let Some(change) = pair else { return Ok(None) };
                changes.push((format!("{found}.weight"), change));
            }
            (None, None) => {}
            _ => return Ok(None),
        }
        for (tensor, key) in &module.differences {
            // A module can be a tensor itself, such as a modulation.
            let whole = *tensor == "weight" && network.has(found);
            let tensor = if whole {
                found.to_owned()
            } else {
                format!("{found}.{tensor}")
            };
            changes.push((tensor, Change::difference(&self.weights, key, strength)?));
        }
        let fits = changes
            .iter()
            .all(|(tensor, change)| network.is_of(tensor, change.shape()));
        let some = !changes.is_empty();
        Ok(Some(changes).filter(|_| some && fits))
    }

    /// The error that nothing fits.
    fn stranger(&self, left_out: &[&str], network: &Weights) -> Error {
        let names = left_out.iter().take(NAMED).map(|name| {
            let module = self.modules.get(*name);
            match module.and_then(|module| module.size(&self.weights)) {
                Some((outputs, inputs)) => format!("{name} ({outputs}, {inputs})"),
                None => (*name).to_owned(),
            }
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let more = match left_out.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let problem = format!(
            "matches nothing in {}: {names}{more} are not in it, or of another size; choose a LoRA that was made for this \
             model",
            network.place().display()
        );
        Error::content(&self.path, problem)
    }
}
