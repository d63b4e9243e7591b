//! The folders of the library: where this system keeps what programs know, and what people watch.

use std::mem;
use std::path::{Path, PathBuf};

use crate::dirs;

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// Records, posters, pictures, estimates and the jobs that wait.
    pub data: PathBuf,
    /// New videos.
    pub videos: PathBuf,
    /// Where there may be others.
    pub earlier: Vec<PathBuf>,
}

impl Dirs {
    /// Those of [`crate::dirs`]; none without a home folder.
    pub fn of_user() -> Option<Self> {
        Some(Self {
            data: dirs::data()?,
            videos: dirs::videos()?,
            earlier: Vec::new(),
        })
    }

    /// From here on videos go to `folder`.
    pub fn move_videos(&mut self, folder: &Path) {
        let before = mem::replace(&mut self.videos, folder.to_owned());
        self.earlier.push(before);
        self.earlier.retain(|earlier| *earlier != self.videos);
    }

    pub(super) fn records(&self) -> PathBuf {
        self.data.join("records")
    }

    pub(super) fn pictures(&self) -> PathBuf {
        self.data.join("pictures")
    }

    pub(super) fn estimates(&self) -> PathBuf {
        self.data.join("estimates.json")
    }

    pub(super) fn waiting(&self) -> PathBuf {
        self.data.join("waiting.json")
    }
}
