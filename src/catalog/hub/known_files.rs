//! Text encoders and VAEs that are on this machine already, wherever they lie.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::super::walk::Walk;
use super::listing::Listed;

/// Files of weights by their names and lengths, which no two published ones share unless they are the same.
pub struct Shared(HashSet<(String, u64)>);

impl Shared {
    /// Those in these folders.
    pub fn of(folders: &[PathBuf]) -> Self {
        let mut walk = Walk::default();
        for folder in folders {
            walk.through(folder);
        }
        let described = |path: &PathBuf| {
            let size = path.metadata().ok()?.len();
            Some((name(path)?, size))
        };
        Self(walk.weights.iter().filter_map(described).collect())
    }

    /// Whether this file is among them.
    pub fn has(&self, file: &Listed) -> bool {
        name(Path::new(&file.path)).is_some_and(|name| self.0.contains(&(name, file.size)))
    }
}

fn name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_owned())
}
