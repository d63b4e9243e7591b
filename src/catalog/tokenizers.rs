//! Where the tokenizer of a text encoder lies that has no vocabulary inside.

use std::fs;
use std::path::{Path, PathBuf};

/// What a tokenizer's file is called, Hugging Face's own before SentencePiece's.
pub const NAMES: [&str; 2] = ["tokenizer.json", "spiece.model"];

/// Where it lies in a model's folder, as the official repository has it and as others do.
const PLACES: [&str; 5] = ["", "tokenizer", "tokenizers", "google/umt5-xxl", "umt5-xxl"];

/// How many folders above a tokenizer may say whose it is: in a cache, revisions have a folder each.
const DEEP: usize = 4;

/// How many folders above an encoder belong to the same model.
const ABOVE: usize = 3;

/// The tokenizer in a folder: in a usual place, or else in one of the folders in it.
pub fn inside(folder: &Path) -> Option<PathBuf> {
    let usual = PLACES
        .iter()
        .find_map(|place| directly_in(&folder.join(place)));
    usual.or_else(|| {
        let entries = fs::read_dir(folder).ok()?;
        let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        folders.retain(|path| path.is_dir());
        folders.sort();
        folders.iter().find_map(|inner| directly_in(inner))
    })
}

/// The tokenizer nearest to a text encoder's file: beside it, below it, or in a usual place above.
pub fn near(encoder: &Path) -> Option<PathBuf> {
    // Beside a file without a folder are those of the current one.
    let folder = Path::new(".").join(encoder.parent().unwrap_or(Path::new("")));
    let whole = folder.canonicalize().unwrap_or(folder);
    inside(&whole).or_else(|| {
        let above = whole.ancestors().skip(1).take(ABOVE);
        above
            .flat_map(|folder| PLACES.iter().map(move |place| folder.join(place)))
            .find_map(|place| directly_in(&place))
    })
}

/// Whether this is UMT5's, as the name of one of its folders says: `google/umt5-xxl/tokenizer.json`. Who keeps several
/// tells them apart like that, too.
pub fn is_named_umt5(tokenizer: &Path) -> bool {
    let folders = tokenizer.parent().unwrap_or(tokenizer).components();
    folders.rev().take(DEEP).any(|folder| {
        let name = folder.as_os_str().to_string_lossy().to_lowercase();
        name.contains("umt5")
    })
}

/// Whether a tokenizer lies where one of an encoder in `folder` does: with it, above it or beside it.
pub fn belongs(tokenizer: &Path, folder: &Path) -> bool {
    let place = tokenizer.parent().unwrap_or(folder);
    let is_beside = place.parent() == folder.parent();
    place.starts_with(folder) || folder.starts_with(place) || is_beside
}

fn directly_in(folder: &Path) -> Option<PathBuf> {
    let files = NAMES.iter().map(|name| folder.join(name));
    files.into_iter().find(|file| file.is_file())
}
