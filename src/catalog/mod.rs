//! Which models are on this machine: a folder goes in, a [`Checkpoint`] comes out, or a sentence
//! about what is missing. Each layout that models are published in has its own file.

mod built_in;
mod component;
mod config;
mod diffusers;
mod dits;
mod family;
pub mod few_steps;
pub mod folders;
pub mod hub;
mod inventory;
mod loose;
mod loras;
mod manifest;
mod official;
mod required_files;
mod scan;
mod shards;
mod shared_files;
mod soundness;
pub mod speed;
mod strangers;
pub mod tiny_vae;
mod tokenizers;
mod verify;
mod walk;

use std::fs;
use std::path::{self, Path};

use crate::error::{Error, Result};
use crate::job::{Checkpoint, Installed, Problem, spelling};
use component::Component;

pub use built_in::{built_in, built_in_folder, find_built_in_again};
pub use loose::Picked;
pub use loras::{Matched, match_loras};
pub use scan::{Catalogue, scan, scan_asking};
pub use shared_files::bring_rest;
pub use soundness::remarks;
pub use verify::{Verdict, verify};
pub use walk::refusal;

/// Recognises the model in a folder, or the one whose DiT is in a file, by what is in it and not by what it is called.
///
/// # Errors
/// There is no model, parts of it are missing, or it is one that is not supported.
pub fn open(place: &Path) -> Result<Checkpoint> {
    if let Err(error) = place.metadata() {
        return Err(refusal(place, &error).unwrap_or_else(|| {
            Error::content(
                place,
                "is not there: give the folder of a model, or the file of its DiT",
            )
        }));
    }
    if !place.is_dir() {
        return of_file(place);
    }
    if let Some(refusal) = fs::read_dir(place)
        .err()
        .and_then(|error| refusal(place, &error))
    {
        return Err(refusal);
    }
    if let Some(model) = laid_out(place) {
        return model;
    }
    // Where nothing is of a model, the official layout says what is missing.
    let mut model = loose::open(place).unwrap_or_else(|| official::open(place))?;
    manifest::lay_over(&mut model)?;
    Ok(model)
}

/// The model of a folder that has the layout of one.
fn laid_out(folder: &Path) -> Option<Result<Checkpoint>> {
    let model = if folder.join(diffusers::INDEX).is_file() {
        diffusers::open(folder)
    } else if official::is_in(folder) || official::has_experts(folder) {
        official::open(folder)
    } else {
        return None;
    };
    Some(model.and_then(|mut model| {
        manifest::lay_over(&mut model)?;
        Ok(model)
    }))
}

/// The model whose DiT is in this file, with other parts from wherever models are.
fn of_file(file: &Path) -> Result<Checkpoint> {
    let mut places = folders::all();
    places.extend(around(file).map(Path::to_owned));
    if let Some(model) = scan(&places).at(file) {
        return model.checkpoint.clone().map_err(Error::from);
    }
    let networks = Component::open(file)?;
    let role = networks
        .first()
        .map_or("nothing", |network| network.role.name());
    let problem = format!("is {role}: give the file of a DiT, or the folder of a model");
    Err(Error::content(file, problem))
}

/// The folder of a file and, where experts or parts of several kinds have a folder each, the one that holds those.
fn around(file: &Path) -> impl Iterator<Item = &Path> {
    let own = file.parent();
    let experts = own.filter(|folder| spelling::of_expert(folder).is_some());
    let experts = experts.and_then(Path::parent);
    let above = file.ancestors().skip(2).take(3);
    let tree = above.filter(|folder| folder.join("vae").is_dir()).take(1);
    own.into_iter().chain(experts).chain(tree)
}

/// The model of this folder, file or name, or the one made of picked files, or the built-in one.
///
/// # Errors
/// As [`find`], and when files are picked that are no model together.
pub fn choose(model: Option<&Path>, picked: &Picked) -> Result<Checkpoint> {
    match model {
        _ if !picked.is_empty() => picked.model(),
        Some(model) => find(model)?.checkpoint.map_err(Error::from),
        None => built_in(),
    }
}

/// The model of this folder, file or name. Only by its name one is found that is not whole.
///
/// # Errors
/// There is none, or as [`open`].
pub fn find(model: &Path) -> Result<Installed> {
    if model.exists() || model.components().count() > 1 {
        // What belongs to a file is looked for in its folder, which a bare name does not tell.
        let place = path::absolute(model).map_err(Error::file("find", model))?;
        let found = open(&place)?;
        let networks = soundness::check(&found)?;
        return Ok(scan::whole(found, &networks));
    }
    named(&model.to_string_lossy())
}

/// The installed model of this name, whatever else has it: a name may come from a stranger.
///
/// # Errors
/// There is none.
pub fn named(name: &str) -> Result<Installed> {
    let known = scan(&folders::all());
    known
        .named(name)
        .cloned()
        .ok_or_else(|| Error::from(Problem::UnknownModel(name.to_owned())))
}
