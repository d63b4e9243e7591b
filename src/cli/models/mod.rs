//! `zoetrope models`: which models are on this machine.

pub mod args;
mod download_progress;
mod get;
mod show;
mod table;
mod verify;

use std::path::Path;

use super::{print, print_json};
use crate::catalog::{self, Catalogue, folders};
use crate::error::Result;
use args::{Models, Verb};

/// Does what the verb says.
///
/// # Errors
/// It cannot be done, or was stopped.
pub fn run(args: &Models) -> Result<()> {
    match &args.verb {
        Verb::List { json } => list(*json),
        Verb::Show { model, json } => show(model, *json),
        Verb::Verify { model, json } => verify::run(model, *json),
        Verb::Get {
            variant,
            precision,
            folder,
            json,
        } => get::run(*variant, *precision, folder.as_deref(), *json),
        Verb::Add { folder } => add(folder),
        Verb::Forget { folder } => folders::forget(folder),
    }
}

fn list(json: bool) -> Result<()> {
    let Catalogue { models } = catalog::scan(&folders::all());
    if json {
        print_json(&table::json(&models))
    } else {
        print(&table::text(&models))
    }
}

fn show(model: &Path, json: bool) -> Result<()> {
    let model = catalog::find(model)?;
    if json {
        print_json(&show::json(&model))
    } else {
        print(&show::text(&model))
    }
}

fn add(folder: &Path) -> Result<()> {
    folders::add(folder)?;
    let Catalogue { models } = catalog::scan(&[folder.to_owned()]);
    print(&match models.as_slice() {
        [] => "No model in this folder yet; any you add will be found".into(),
        models => table::text(models),
    })
}
