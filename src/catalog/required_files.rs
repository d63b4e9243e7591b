//! The parts of a model folder: which files are there, and which are missing.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::job::{Flaw, Variant};
use crate::weights::shards;

/// What is looked for in a folder, and what of it is missing.
pub(super) struct Parts<'a> {
    folder: &'a Path,
    missing: Vec<String>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(folder: &'a Path) -> Self {
        Self {
            folder,
            missing: Vec::new(),
        }
    }

    /// A file.
    pub(super) fn file(&mut self, name: &str) -> PathBuf {
        self.first(&[name.to_owned()])
    }

    /// Weights of this name, whether as published or converted.
    pub(super) fn weights(&mut self, stem: &str) -> PathBuf {
        self.first(&endings(stem))
    }

    /// Weights of this name in one file or many.
    pub(super) fn shards(&mut self, stem: &str) {
        let place = self.folder.join(stem);
        let folder = place.parent().unwrap_or(self.folder);
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        if !shards::is_there(folder, &name) {
            self.file(&format!("{stem}.safetensors"));
        }
    }

    pub(super) fn first(&mut self, names: &[String]) -> PathBuf {
        find(self.folder, names).unwrap_or_else(|| {
            self.missing.push(names[0].clone());
            self.folder.join(&names[0])
        })
    }

    pub(super) fn complete(self) -> Result<()> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let flaw = Flaw::IncompleteModel(self.missing);
        Err(Error::content(self.folder, flaw))
    }
}

pub(super) fn find(folder: &Path, names: &[String]) -> Option<PathBuf> {
    let paths = names.iter().map(|name| folder.join(name));
    paths.into_iter().find(|path| path.is_file())
}

pub(super) fn endings(stem: &str) -> [String; 2] {
    ["pth", "safetensors"].map(|ending| format!("{stem}.{ending}"))
}

pub(super) fn has_index(folder: &Path, stem: &str) -> bool {
    folder
        .join(format!("{stem}.safetensors.index.json"))
        .is_file()
}

/// The folder's own name, since that is how its owner knows the model.
pub(super) fn name(folder: &Path, variant: Variant) -> String {
    folder_name(folder).unwrap_or_else(|| variant.name().into())
}

pub(super) fn folder_name(folder: &Path) -> Option<String> {
    let whole = folder.canonicalize();
    let folder = whole.as_deref().unwrap_or(folder);
    in_hub_cache(folder).or_else(|| folder.file_name()?.to_str().map(str::to_owned))
}

/// Hugging Face keeps a repository's revisions under `models--OWNER--NAME/snapshots/`.
fn in_hub_cache(folder: &Path) -> Option<String> {
    let snapshots = folder
        .parent()
        .filter(|folder| folder.ends_with("snapshots"))?;
    let repository = snapshots.parent()?.file_name()?.to_str()?;
    let (_, name) = repository.strip_prefix("models--")?.rsplit_once("--")?;
    Some(name.to_owned())
}
