//! A *scan* finds every model in some folders. Only the headers of files are read.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::component::Component;
use super::dits;
use super::inventory::Inventory;
use super::walk::Walk;
use super::{official, required_files, shards, soundness};
use crate::disk;
use crate::error::Error;
use crate::job::{Checkpoint, Installed};

/// What a scan found.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Every model, and every file of weights that cannot be used; whole ones first, otherwise in the order of their
    /// names.
    pub models: Vec<Installed>,
}

impl Catalogue {
    /// The model of this name; upper and lower case are alike.
    pub fn named(&self, name: &str) -> Option<&Installed> {
        let mut models = self.models.iter();
        models.find(|model| model.name.to_lowercase() == name.to_lowercase())
    }

    /// The model whose folder this is, or one of whose DiTs is in this file.
    pub fn at(&self, place: &Path) -> Option<&Installed> {
        let place = place.canonicalize().ok()?;
        let is_here = |path: &Path| path.canonicalize().is_ok_and(|path| path == place);
        let has = |model: &Checkpoint| dit_files(model).any(is_here);
        let mut models = self.models.iter();
        models.find(|model| is_here(&model.place) || model.checkpoint.as_ref().is_ok_and(has))
    }
}

/// Every model in these folders and below. Networks that lie apart are combined, and one that several models can use
/// is part of each.
pub fn scan(folders: &[PathBuf]) -> Catalogue {
    scan_asking(folders, disk::is_elsewhere)
}

/// [`scan`] with something else that tells which files are on a server alone; those are told of and not opened.
pub fn scan_asking(folders: &[PathBuf], is_elsewhere: fn(&Path) -> bool) -> Catalogue {
    let mut walk = Walk::asking(is_elsewhere);
    for folder in folders {
        walk.through(folder);
    }
    let (mut models, mut incomplete) = (Vec::new(), Vec::new());
    let (laid_out, weights) = (walk.models.clone(), walk.weights.clone());
    let unread = unread(&mut walk);
    let mut stock = Inventory::of(walk);
    stock.damaged.extend(unread);
    for folder in &laid_out {
        match super::laid_out(folder) {
            Some(Ok(model)) => match soundness::check_known(&model, &stock) {
                Ok(networks) => models.push(whole(model, &networks)),
                Err(error) => incomplete.push(lacking(folder, &weights, &error)),
            },
            Some(Err(error)) => incomplete.push(lacking(folder, &weights, &error)),
            None => {}
        }
    }
    let known = models
        .iter()
        .flat_map(|model| &model.checkpoint)
        .flat_map(dit_files);
    let known: HashSet<PathBuf> = known.map(Path::to_owned).collect();
    let places: Vec<PathBuf> = models
        .iter()
        .map(|model: &Installed| model.place.clone())
        .collect();
    // Under the name of a part, what lies in a whole model and is none of it was left there by a download or a tool.
    let is_left = |dit: &Component| {
        let is_part = dit.file_name().starts_with(official::DIT);
        is_part && places.iter().any(|place| dit.file().starts_with(place))
    };
    let is_known = |dit: &Component| dit.files.iter().any(|file| known.contains(file));
    stock.dits.retain(|dit| !is_known(dit) && !is_left(dit));

    for dits in dits::paired(&stock.dits) {
        let place = dits.low.file();
        let around = |model: &Installed| place.starts_with(&model.place);
        match stock.model(&dits, place) {
            Ok(model) => {
                incomplete.retain(|model| !around(model));
                let networks = soundness::check_known(&model, &stock);
                models.push(whole(model, &networks.unwrap_or_default()));
            }
            // What its folder lacks was said already.
            Err(_) if incomplete.iter().any(around) => {}
            Err(error) => incomplete.push(Installed {
                name: dits.name(),
                place: place.to_owned(),
                variant: dits.variant().ok(),
                bytes: dits.each().map(|dit| dit.bytes).sum(),
                checkpoint: Err(error.problem()),
                remarks: Vec::new(),
            }),
        }
    }
    let of_damaged = unusable(&stock.damaged, &incomplete);
    models.extend(incomplete);
    models.extend(of_damaged);
    models.sort_by_key(|model| {
        let name = model.name.to_lowercase();
        (model.checkpoint.is_err(), name, model.place.clone())
    });
    number_namesakes(&mut models);
    Catalogue { models }
}

/// What the walk found and nobody may open.
fn unread(walk: &mut Walk) -> Vec<(Vec<PathBuf>, Error)> {
    let elsewhere = walk.elsewhere.iter().map(|file| {
        let flaw = "is in iCloud and not on this Mac: download it in Finder to use it";
        (vec![file.clone()], Error::content(file, flaw))
    });
    let refused = walk.refused.drain(..);
    let refused = refused.map(|(folder, error)| (vec![folder], error));
    refused.chain(elsewhere).collect()
}

/// Files that cannot be used, but those of an `incomplete` model, whose problem they are.
fn unusable(damaged: &[(Vec<PathBuf>, Error)], incomplete: &[Installed]) -> Vec<Installed> {
    let files = damaged.iter().filter_map(|(files, error)| {
        let first = files.first()?;
        let is_said = incomplete
            .iter()
            .any(|model| first.starts_with(&model.place));
        let name = first.file_stem().unwrap_or_default().to_string_lossy();
        (!is_said).then(|| Installed {
            name: shards::series(&name)
                .map_or(&*name, |(series, _)| series)
                .into(),
            place: first.clone(),
            variant: None,
            bytes: files.iter().map(|file| size(file)).sum(),
            checkpoint: Err(error.problem()),
            remarks: Vec::new(),
        })
    });
    files.collect()
}

/// A model of which nothing is missing, and which is made of these networks.
pub(super) fn whole(model: Checkpoint, networks: &[Component]) -> Installed {
    let files: HashSet<PathBuf> = model
        .paths()
        .into_iter()
        .filter(|path| path.is_file())
        .collect();
    Installed {
        name: model.name.clone(),
        place: model.root.clone(),
        variant: Some(model.variant),
        bytes: files.iter().map(|file| size(file)).sum(),
        remarks: soundness::of_networks(&model, networks),
        checkpoint: Ok(model),
    }
}

/// A folder laid out as a model that is none, and why.
fn lacking(folder: &Path, weights: &[PathBuf], error: &Error) -> Installed {
    let inside = weights.iter().filter(|file| file.starts_with(folder));
    Installed {
        name: required_files::folder_name(folder).unwrap_or_default(),
        place: folder.to_owned(),
        variant: None,
        bytes: inside.map(|file| size(file)).sum(),
        checkpoint: Err(error.problem()),
        remarks: Vec::new(),
    }
}

fn size(file: &Path) -> u64 {
    file.metadata().map_or(0, |about| about.len())
}

fn dit_files(model: &Checkpoint) -> impl Iterator<Item = &Path> {
    let high = model.high_noise.iter().map(|high| &high.network);
    let networks = [&model.dit].into_iter().chain(high);
    networks
        .flat_map(|network| &network.weights)
        .map(PathBuf::as_path)
}

/// Of several models of one name the second is "NAME (2)".
fn number_namesakes(models: &mut [Installed]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for model in models {
        let count = counts.entry(model.name.to_lowercase()).or_default();
        *count += 1;
        if *count > 1 {
            model.name = format!("{} ({count})", model.name);
        }
    }
}
