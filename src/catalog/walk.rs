//! The *walk* through folders: every file of weights in them, and every folder that is laid out as a whole model.

use std::collections::HashSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::io::Errno;

use super::{diffusers, official, tokenizers};
use crate::disk;
use crate::error::Error;

/// How far below a folder files may lie: `models/diffusion_models/wan/…` and what people add to it.
const DEPTH: usize = 6;

/// The folders of a model's parts, in every layout.
const PARTS: [&str; 8] = [
    "high_noise_model",
    "low_noise_model",
    "transformer",
    "transformer_2",
    "vae",
    "text_encoder",
    "image_encoder",
    "tokenizer",
];

/// What was come across.
#[derive(Default)]
pub struct Walk {
    /// Files of weights, neighbours in a folder one after another in the order of their names.
    pub weights: Vec<PathBuf>,
    /// Every file with a tokenizer, by its name.
    pub tokenizers: Vec<PathBuf>,
    /// Folders laid out as a model; their files are among the others.
    pub models: Vec<PathBuf>,
    /// Files of weights that are on a server and not on this machine: opening one would bring it here, all of it.
    pub elsewhere: Vec<PathBuf>,
    /// Folders that the system lets nobody look into, or not us, and why.
    pub refused: Vec<(PathBuf, Error)>,
    /// What tells those that are elsewhere.
    asks: Option<fn(&Path) -> bool>,
    /// Where it has been, so that links lead nowhere twice.
    seen: HashSet<PathBuf>,
}

impl Walk {
    /// One that asks this of each file before it is taken for one that can be opened.
    pub fn asking(is_elsewhere: fn(&Path) -> bool) -> Self {
        Self {
            asks: Some(is_elsewhere),
            ..Self::default()
        }
    }

    /// Walks through this folder and all below it. What cannot be read is passed over.
    pub fn through(&mut self, folder: &Path) {
        self.enter(folder, DEPTH, false);
    }

    /// Folders in a `model` that are named as its parts are no models of their own.
    fn enter(&mut self, folder: &Path, depth: usize, in_model: bool) {
        let Ok(true_place) = folder.canonicalize() else {
            return;
        };
        if !self.seen.insert(true_place) {
            return;
        }
        if let Some(revision) = current_revision(folder) {
            return self.enter(&revision, depth, false);
        }
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let is_part = in_model && PARTS.contains(&&*name);
        let is_model =
            !is_part && (folder.join(diffusers::INDEX).is_file() || official::is_in(folder));
        if is_model {
            self.models.push(folder.to_owned());
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(folder, &error),
        };
        let visible = entries.flatten().filter(|entry| !is_hidden(entry));
        let mut paths: Vec<_> = visible.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            // What is neither a folder nor an ordinary file, such as a pipe, is passed over: opening it may never end.
            if path.is_file() {
                self.take(path);
            } else if let Some(depth) = depth.checked_sub(1).filter(|_| path.is_dir()) {
                self.enter(&path, depth, is_model);
            }
        }
    }

    fn refuse(&mut self, folder: &Path, error: &io::Error) {
        let refusal = refusal(folder, error);
        self.refused
            .extend(refusal.map(|refusal| (folder.to_owned(), refusal)));
    }

    /// Keeps a file, if it is one of those that are looked for.
    fn take(&mut self, file: PathBuf) {
        if tokenizers::NAMES.iter().any(|name| file.ends_with(name)) {
            self.tokenizers.push(file);
        } else if is_weights(&file) && self.is_new(&file) {
            let is_elsewhere = self.asks.unwrap_or(disk::is_elsewhere);
            if is_elsewhere(&file) {
                self.elsewhere.push(file);
            } else {
                self.weights.push(file);
            }
        }
    }

    fn is_new(&mut self, file: &Path) -> bool {
        file.canonicalize()
            .is_ok_and(|place| self.seen.insert(place))
    }
}

/// What is said of a folder that could not be looked into, where there is something to do about it.
///
/// A Mac that keeps a program out of a folder says that it is "not permitted", which is another thing than lacking the
/// right to read it.
pub fn refusal(folder: &Path, error: &io::Error) -> Option<Error> {
    let flaw = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::PERM) => {
            "may not be looked into by Zoetrope: allow it in System Settings, Privacy & Security, Files and Folders"
        }
        Some(Errno::ACCESS) => "may not be looked into by this user: change its permissions",
        _ => return None,
    };
    Some(Error::content(folder, flaw))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn is_weights(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    ["safetensors", "sft", "gguf", "pth", "pt", "ckpt"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Hugging Face keeps every revision of a repository under `models--OWNER--NAME/snapshots`, and the name of the current
/// one in `refs/main`. Without that, the latest one counts.
fn current_revision(folder: &Path) -> Option<PathBuf> {
    if !folder.file_name()?.to_str()?.starts_with("models--") {
        return None;
    }
    let snapshots = folder.join("snapshots");
    let named = disk::read_text(&folder.join("refs/main")).ok();
    let named = named.map(|revision| snapshots.join(revision.trim()));
    named.filter(|revision| revision.is_dir()).or_else(|| {
        let age = |path: &PathBuf| {
            let changed = path.metadata().and_then(|about| about.modified());
            changed.unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let entries = fs::read_dir(&snapshots).ok()?;
        let revisions = entries.flatten().map(|entry| entry.path());
        revisions.max_by_key(age)
    })
}
