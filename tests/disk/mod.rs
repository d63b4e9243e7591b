//! The one road to a file, and what is found out before it is taken.

mod elsewhere;
mod folders;
mod outputs;
mod partial_files;
mod resumable_files;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A temporary name that nobody can have, since processes have smaller numbers.
const LEFT: &str = ".zoetrope-ffffffff-0123456789abcdef.part";

/// A folder of one test, by its name without links.
struct Folder {
    path: PathBuf,
    /// Gone when the test is over.
    _held: TempDir,
}

impl Folder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().canonicalize().unwrap();
        Self {
            path,
            _held: folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn names(&self) -> Vec<String> {
        names(&self.path)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
