//! The *folders* of this user: where the system keeps what programs know, remember and make. Each can be given by a
//! variable of the environment; one that is empty counts as not given.

use std::env;
use std::path::PathBuf;

use directories::{ProjectDirs, UserDirs};

/// Records, settings and models: `ZOETROPE_DATA_DIR`, or on a Mac `Application Support/app.zoetrope.Zoetrope`. None
/// without a home folder.
pub fn data() -> Option<PathBuf> {
    given("ZOETROPE_DATA_DIR").or_else(|| Some(project()?.data_dir().to_owned()))
}

/// What can be made again: `ZOETROPE_CACHE_DIR`, or where this system keeps such things.
pub fn cache() -> Option<PathBuf> {
    given("ZOETROPE_CACHE_DIR").or_else(|| Some(project()?.cache_dir().to_owned()))
}

/// The window's settings: beside the data, where another folder is named for that.
pub fn config() -> Option<PathBuf> {
    given("ZOETROPE_DATA_DIR").or_else(|| Some(project()?.config_dir().to_owned()))
}

/// New videos: `ZOETROPE_VIDEOS_DIR`, or on a Mac `Movies/Zoetrope`.
pub fn videos() -> Option<PathBuf> {
    given("ZOETROPE_VIDEOS_DIR").or_else(|| {
        let user = UserDirs::new()?;
        let home = || user.home_dir().join("Videos");
        let videos = user.video_dir().map_or_else(home, PathBuf::from);
        Some(videos.join("Zoetrope"))
    })
}

/// The log: `ZOETROPE_LOG_DIR`, or `~/Library/Logs/Zoetrope` on a Mac; elsewhere with what the system keeps of a program's
/// state.
pub fn log() -> Option<PathBuf> {
    given("ZOETROPE_LOG_DIR").or_else(|| {
        if cfg!(target_os = "macos") {
            let user = UserDirs::new()?;
            return Some(user.home_dir().join("Library/Logs/Zoetrope"));
        }
        let project = project()?;
        let state = project.state_dir().unwrap_or(project.data_dir());
        Some(state.join("log"))
    })
}

/// The path in a variable of the environment, unless it is empty.
pub fn given(name: &str) -> Option<PathBuf> {
    let path = env::var_os(name).filter(|path| !path.is_empty());
    path.map(PathBuf::from)
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("app", "zoetrope", "Zoetrope")
}
