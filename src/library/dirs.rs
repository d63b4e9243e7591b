//! The folders of the library: where this system keeps what programs know, and what people watch.

use std::path::{Path, PathBuf};
use std::{env, mem};

use directories::{ProjectDirs, UserDirs};

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
    /// `ZOETROPE_DATA_DIR` and `ZOETROPE_VIDEOS_DIR`, or where this system keeps them: on a Mac
    /// `Application Support/app.zoetrope.Zoetrope` and `Movies/Zoetrope`.
    pub fn of_user() -> Option<Self> {
        let given = |name: &str| env::var_os(name).filter(|path| !path.is_empty());
        let data = || {
            Some(
                ProjectDirs::from("app", "zoetrope", "Zoetrope")?
                    .data_dir()
                    .to_owned(),
            )
        };
        let videos = || {
            let dirs = UserDirs::new()?;
            let home = || dirs.home_dir().join("Videos");
            let videos = dirs.video_dir().map_or_else(home, PathBuf::from);
            Some(videos.join("Zoetrope"))
        };
        Some(Self {
            data: given("ZOETROPE_DATA_DIR")
                .map(PathBuf::from)
                .or_else(data)?,
            videos: given("ZOETROPE_VIDEOS_DIR")
                .map(PathBuf::from)
                .or_else(videos)?,
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
