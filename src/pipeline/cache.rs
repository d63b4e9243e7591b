//! Where things are kept that can be made again.

use std::env;
use std::path::PathBuf;

use directories::ProjectDirs;

/// `ZOETROPE_CACHE_DIR`, or where this system keeps such things; none without a home folder.
pub fn folder() -> Option<PathBuf> {
    let given = env::var_os("ZOETROPE_CACHE_DIR").map(PathBuf::from);
    given.or_else(|| {
        let dirs = ProjectDirs::from("app", "zoetrope", "Zoetrope")?;
        Some(dirs.cache_dir().to_owned())
    })
}
