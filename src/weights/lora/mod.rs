//! A *LoRA* is a small change to a network that somebody trained: to each of some matrices it adds the product of two
//! narrow ones, and to other tensors sometimes a whole difference. Its relatives make the sum of other products, or give
//! the rows of the sum another length.
//!
//! Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv 2106.09685); "`FedPara`" (2108.06098) for `LoHa`,
//! "`LyCORIS`" (2309.14859) for `LoKr`, "DoRA" (2402.09353). How trainers name the parts is told in `dialect`.

mod delta;
mod dialect;
mod origin;
mod tensors;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::names::NetworkKind;
use super::store::Store;
use crate::error::{Error, Flaw, Result};
pub(super) use delta::{Branch, LoraDelta};
use dialect::{Modules, Part};
pub use origin::Origin;
use tensors::Tensors;

/// How many names an error spells out.
const NAMED: usize = 3;

/// The changes to tensors, by the tensors' names.
pub(super) type Changes = BTreeMap<String, Vec<LoraDelta>>;

/// A file with a LoRA; of it only the header is read until a network is loaded with it.
#[derive(Debug)]
pub struct Lora {
    path: PathBuf,
    weights: Tensors,
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
    /// How many of those that do not fit are for Wan2.1's way to see pictures.
    pub fn for_pictures(&self) -> usize {
        let all = self.left_out.iter();
        all.filter(|name| dialect::is_for_pictures(name)).count()
    }

    /// "a, b, c and 4 more" of what does not fit; `None` if all does. What a LoRA for Wan2.1 changes in the way to see
    /// pictures is only counted: models that lack that way do well without.
    pub fn strangers(&self) -> Option<String> {
        let all = self.left_out.iter().map(String::as_str);
        let (pictures, others): (Vec<_>, Vec<_>) =
            all.partition(|name| dialect::is_for_pictures(name));
        let first = others.get(..NAMED).unwrap_or(&others).join(", ");
        let others = match others.len() {
            0 => None,
            all if all > NAMED => Some(format!("{first} and {} more", all - NAMED)),
            _ => Some(first),
        };
        let pictures = (!pictures.is_empty()).then(|| {
            let layers = if pictures.len() == 1 {
                "layer"
            } else {
                "layers"
            };
            format!(
                "{} {layers} for Wan2.1's picture input, which this model does without",
                pictures.len()
            )
        });
        let told: Vec<_> = others.into_iter().chain(pictures).collect();
        (!told.is_empty()).then(|| told.join(", and "))
    }
}

/// The names of the tensors that the file has for one module.
#[derive(Debug, Default)]
struct LoraModule {
    parts: BTreeMap<Part, String>,
    /// Whether the file has a part for it that is not known here: without that, the others would be another change.
    has_more: bool,
}

impl LoraModule {
    fn part(&self, part: Part) -> Option<&String> {
        self.parts.get(&part)
    }

    /// Whether it changes a matrix, within which there is no other module.
    fn is_matrix(&self) -> bool {
        let is_of_matrix = |part: &Part| {
            matches!(
                part,
                Part::Down | Part::Up | Part::Hadamard(_) | Part::Kronecker(_)
            )
        };
        self.parts.keys().any(is_of_matrix)
    }

    /// (outputs, inputs) of the matrix that it changes.
    fn size(&self, weights: &Tensors) -> Option<(i32, i32)> {
        let change = LoraDelta::to_matrix(weights, self, 1.0).ok()??;
        match change.shape() {
            &[outputs, inputs, ..] => Some((outputs, inputs)),
            _ => None,
        }
    }
}

impl Lora {
    /// Reads the header.
    ///
    /// # Errors
    /// It is no file of weights, a damaged one, a whole network, or one with changes that are made in another way.
    pub fn open(path: &Path) -> Result<Self> {
        let weights = Tensors::open(path)?;
        let names: Vec<String> = weights.names().cloned().collect();
        if let Some(kind) = names.iter().find_map(|key| dialect::other_kind(key)) {
            return Err(Error::content(path, Flaw::LoraKind(kind.into())));
        }
        let modules = modules(names);
        let changes_nothing = modules.values().all(|module| module.parts.is_empty());
        if changes_nothing {
            let whole = match Store::kinds(&[path.to_owned()])?.first() {
                Some(NetworkKind::Dit) => Some("is a whole DiT, not a LoRA: give it with --dit"),
                Some(NetworkKind::TextEncoder) => {
                    Some("is a text encoder, not a LoRA: give it with --text-encoder")
                }
                Some(NetworkKind::ImageEncoder) => {
                    Some("is an image encoder, not a LoRA: give it with --image-encoder")
                }
                Some(NetworkKind::Vae) => Some("is a VAE, not a LoRA: give it with --vae"),
                None => None,
            };
            if let Some(problem) = whole {
                return Err(Error::content(path, problem));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            // Only safetensors files have any.
            notes: super::notes(path).unwrap_or_default(),
            modules,
            weights,
        })
    }

    /// How much of it fits a network, and what it changes there at a strength.
    pub(super) fn changes(&self, network: &Store, strength: f32) -> Result<(LoraMatch, Changes)> {
        let official = Modules::of(network.entries.keys());
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
        network: &Store,
        strength: f32,
    ) -> Result<Option<Vec<(String, LoraDelta)>>> {
        if module.has_more {
            return Ok(None);
        }
        let mut changes = Vec::new();
        if module.is_matrix() {
            let change = LoraDelta::to_matrix(&self.weights, module, strength)?;
            let Some(change) = change else {
                return Ok(None);
            };
            changes.push((format!("{found}.weight"), change));
        } else if module.part(Part::Magnitude).is_some() {
            return Ok(None);
        }
        for (part, key) in &module.parts {
            match *part {
                Part::UpBias => {
                    let change = LoraDelta::to_bias(&self.weights, module, key, strength)?;
                    changes.push((format!("{found}.bias"), change));
                }
                Part::Difference(tensor) => {
                    // A module can be a tensor itself, such as a modulation.
                    let whole = tensor == "weight" && network.entries.contains_key(found);
                    let tensor = if whole {
                        found.to_owned()
                    } else {
                        format!("{found}.{tensor}")
                    };
                    changes.push((tensor, LoraDelta::difference(&self.weights, key, strength)?));
                }
                _ => {}
            }
        }
        let fits = changes.iter().all(|(tensor, change)| {
            let entry = network.entries.get(tensor);
            entry.is_some_and(|entry| entry.is_of(change.shape()))
        });
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
    fn stranger(&self, fit: &LoraMatch, network: &Store) -> Error {
        let flaw = match fit.strangers() {
            Some(names) => Flaw::LoraFitsNothing {
                network: network.place().to_owned(),
                names,
            },
            None => Flaw::EmptyLora,
        };
        Error::content(&self.path, flaw)
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
        module.parts.insert(part, key);
    }
    for key in unknown {
        let mut places = key.rmatch_indices('.').map(|(end, _)| &key[..end]);
        let pair = places.find(|name| modules.get(*name).is_some_and(LoraModule::is_matrix));
        let name = pair.unwrap_or(&key).to_owned();
        modules.entry(name).or_default().has_more = true;
    }
    modules
}
