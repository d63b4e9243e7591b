//! The files that were opened last.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::native;

/// As many as other programs remember.
const MOST: usize = 10;

/// Files, newest first. It travels in the settings of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent(VecDeque<PathBuf>);

impl Recent {
    /// Puts a file first, and tells the system's own list of it.
    pub fn add(&mut self, file: &Path) {
        self.0.retain(|known| known != file);
        self.0.push_front(file.to_owned());
        self.0.truncate(MOST);
        native::note_recent(file);
    }

    /// All of them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path)
    }

    /// Those that are still there. A server that does not answer keeps whoever asks waiting.
    #[must_use]
    pub fn that_are_there(&self) -> Self {
        let files = self.files().filter(|file| file.exists());
        Self(files.map(Path::to_owned).collect())
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        self.0.clear();
        native::forget_recent();
    }
}
