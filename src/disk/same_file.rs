//! Whether two paths lead to one file, through links and whatever else a file system takes for the same name.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

/// What a path leads to, whether it is there already or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    /// The device and the file's number on it, if it is there.
    file: Option<(u64, u64)>,
    /// The path without links and dots.
    path: PathBuf,
    /// That path as a file system has it that tells neither cases nor Unicode forms apart.
    folded: String,
}

impl FileIdentity {
    /// That of the file or folder which `path` leads to.
    pub fn of(path: &Path) -> Self {
        let file = fs::metadata(path).ok();
        let path = without_links(path);
        Self {
            file: file.map(|about| (about.dev(), about.ino())),
            folded: fold(&path),
            path,
        }
    }

    /// Whether writing one would change or replace the other. Of names that differ in case or Unicode form alone this
    /// is so on most Macs, and copies of a folder end there.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.file, other.file) {
            (Some(one), Some(two)) => one == two,
            _ => self.folded == other.folded,
        }
    }

    /// Whether it lies somewhere in `folder`.
    pub fn is_in(&self, folder: &Self) -> bool {
        let folded = Path::new(&self.folded);
        folded.starts_with(&folder.folded) && self.folded != folder.folded
    }
}

/// The path without links and dots, as far as it is there.
fn without_links(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let name = path.file_name().unwrap_or_default();
        match path.parent() {
            Some(above) if above != Path::new("") => without_links(above).join(name),
            Some(_) => without_links(Path::new(".")).join(name),
            None => path.to_owned(),
        }
    })
}

fn fold(path: &Path) -> String {
    let text = path.to_string_lossy();
    // Lower case can take a name apart again.
    let lower = text.nfc().collect::<String>().to_lowercase();
    lower.nfc().collect()
}
