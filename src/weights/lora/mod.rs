//! A *LoRA* is a small change to a network that somebody trained: to each of some matrices it adds the product of two
//! narrow ones, and to other tensors sometimes a whole difference.
//!
//! Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv 2106.09685). How trainers name the parts is
//! told in `dialect`.

mod delta;
mod dialect;
mod merging;
mod origin;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::cursor::Weights;
use crate::{Error, Result};
pub(super) use delta::{Branch, LoraDelta};
use dialect::{Modules, Part};
pub use origin::Origin;

/// How many names an error spells out.
const NAMED: usize = 3;

/// The changes to tensors, by the tensors' names.
pub(super) type Changes = BTreeMap<String, Vec<LoraDelta>>;

/// A file with a LoRA; of it only the header is read until a network is loaded with it.
#[derive(Debug)]
pub struct Lora {
    path: PathBuf,
    weights: Weights,
    /// What the file has for each module, under the file's own name for it.
    modules: BTreeMap<String, LoraModule>,
    /// What the file says beside its tensors.
    notes: HashMap<String, String>,
}

/// How much of a LoRA fits a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoraMatch {
    /// The modules that the network has, in the right size.
    pub matched: usize,
    /// All modules of the file.
    pub of: usize,
    /// The names of the others, with the sizes of the matrices among them.
    pub left_out: Vec<String>,
}

impl LoraMatch {
    /// "a, b, c and 4 more" of what does not fit; `None` if all does.
    pub fn strangers(&self) -> Option<String> {
        let first = self.left_out.get(..NAMED).unwrap_or(&self.left_out);
        let first = first.join(", ");
        match self.left_out.len() {
            0 => None,
            all if all > NAMED => Some(format!("{first} and {} more", all - NAMED)),
            _ => Some(first),
        }
    }
}

/// The names of the tensors that the file has for one module.
#[derive(Debug, Default)]
struct LoraModule {
    down: Option<String>,
    up: Option<String>,
    alpha: Option<String>,
    /// Whole differences, and the tensors of the module that they are added to.
    differences: Vec<(&'static str, String)>,
    /// Whether the file has a part for it that is not known here: without that, the others would be another change.
    has_more: bool,
}

impl LoraModule {
    /// Whether it changes a matrix, within which there is no other module.
    fn is_pair(&self) -> bool {
        self.down.is_some() && self.up.is_some()
    }

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
    /// It is no file of weights, a damaged one, or one with changes that are more than a sum.
    pub fn open(path: &Path) -> Result<Self> {
        let weights = Weights::open_as_named(path)?;
        let names = weights.names();
        if let Some(kind) = names.iter().find_map(|key| dialect::other_kind(key)) {
            let problem =
                format!("is a {kind}, which this version cannot apply: choose a plain LoRA");
            return Err(Error::content(path, problem));
        }
        Ok(Self {
            path: path.to_owned(),
            // Only safetensors files have any.
            notes: super::notes(path).unwrap_or_default(),
            modules: modules(names),
            weights,
        })
    }

    /// How much of it fits a network.
    ///
    /// # Errors
    /// Nothing does, and what does not.
    pub fn fit(&self, network: &Weights) -> Result<LoraMatch> {
        Ok(self.changes(network, 1.0)?.0)
    }

    /// How much of it fits a network, and what it changes there at a strength.
    pub(super) fn changes(&self, network: &Weights, strength: f32) -> Result<(LoraMatch, Changes)> {
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
                None => left_out.push(self.described(name, module)),
            }
        }
        let of = self.modules.len();
        let fit = LoraMatch {
            matched: of - left_out.len(),
            of,
            left_out,
        };
        if fit.matched == 0 {
            return Err(self.stranger(&fit, network));
        }
        Ok((fit, changes))
    }

    /// The changes to the tensors of one module of the network, unless one of them does not fit.
    fn fitting(
        &self,
        module: &LoraModule,
        found: &str,
        network: &Weights,
        strength: f32,
    ) -> Result<Option<Vec<(String, LoraDelta)>>> {
        if module.has_more {
            return Ok(None);
        }
        let mut changes = Vec::new();
        match (&module.down, &module.up) {
            (Some(down), Some(up)) => {
                let alpha = module.alpha.as_ref();
                let pair = LoraDelta::low_rank(&self.weights, [down, up], alpha, strength)?;
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
            changes.push((tensor, LoraDelta::difference(&self.weights, key, strength)?));
        }
        let fits = changes
            .iter()
            .all(|(tensor, change)| network.is_of(tensor, change.shape()));
        let some = !changes.is_empty();
        Ok(Some(changes).filter(|_| some && fits))
    }

    /// The name of a module, and the size of its matrix.
    fn described(&self, name: &str, module: &LoraModule) -> String {
        match module.size(&self.weights) {
            Some((outputs, inputs)) => format!("{name} ({outputs}, {inputs})"),
            None => name.to_owned(),
        }
    }

    /// The error that nothing fits.
    fn stranger(&self, fit: &LoraMatch, network: &Weights) -> Error {
        let network = network.place().display();
        let problem = match fit.strangers() {
            Some(names) => format!(
                "matches nothing in {network}, which has no {names}, or not of this size; choose a LoRA that was made for \
                 this model"
            ),
            None => "is empty: choose another LoRA".into(),
        };
        Error::content(&self.path, problem)
    }
}

/// What the file has for each module.
fn modules(names: Vec<String>) -> BTreeMap<String, LoraModule> {
    let mut modules = BTreeMap::<String, LoraModule>::new();
    let mut unknown = Vec::new();
    for key in names {
        let (name, Some(part)) = dialect::take_apart(&key) else {
            unknown.push(key);
            continue;
        };
        let module = modules.entry(name.to_owned()).or_default();
        match part {
            Part::Down => module.down = Some(key),
            Part::Up => module.up = Some(key),
            Part::Alpha => module.alpha = Some(key),
            Part::Difference(tensor) => module.differences.push((tensor, key)),
        }
    }
    for key in unknown {
        let mut places = key.rmatch_indices('.').map(|(end, _)| &key[..end]);
        let pair = places.find(|name| modules.get(*name).is_some_and(LoraModule::is_pair));
        let name = pair.unwrap_or(&key).to_owned();
        modules.entry(name).or_default().has_more = true;
    }
    modules
}
