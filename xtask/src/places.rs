//! Where things lie: the repository, the build folder, and the cache that all clones share.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The repository.
pub fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Cargo's build folder.
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The folder for MLX and the lint tools. It lies outside the repository, so that a second clone
/// finds it ready and `cargo clean` leaves it alone.
pub fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("ZOETROPE_BUILD_CACHE") {
        return Ok(env::current_dir()?.join(folder));
    }
    let home = env::home_dir().context("the home folder is unknown: set HOME or ZOETROPE_BUILD_CACHE")?;
    Ok(if cfg!(target_os = "macos") {
        home.join("Library/Caches/zoetrope-build")
    } else {
        home.join(".cache/zoetrope-build")
    })
}
