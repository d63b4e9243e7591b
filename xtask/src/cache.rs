//! The cache is outside the repository, so that a second clone finds it ready and `cargo clean` leaves it alone.
//!
//! It holds folders that are complete and never change: a folder's name says all that decides what is in it.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use anyhow::{Context as _, Result, bail};

/// The folder `name` of the cache, made now if this is the first time.
///
/// `make` is given an empty folder of another name, which gets its final name at the end: neither an
/// interruption nor a second process at the same time can leave half a folder.
pub fn folder(name: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let cache = place()?;
    let folder = cache.join(name);
    if folder.exists() {
        return Ok(folder);
    }
    let workshop = cache.join(format!(".{name}.{}", process::id()));
    fs::create_dir_all(&workshop)
        .with_context(|| format!("{} cannot be created", workshop.display()))?;
    let made = make(&workshop);
    // If the name is taken by now, another process has made the same folder.
    if made.is_err() || fs::rename(&workshop, &folder).is_err() {
        fs::remove_dir_all(&workshop).ok();
    }
    made?;
    if !folder.exists() {
        bail!("{} cannot be created", folder.display());
    }
    Ok(folder)
}

fn place() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("ZOETROPE_BUILD_CACHE") {
        return Ok(env::current_dir()?.join(folder));
    }
    let home =
        env::home_dir().context("the home folder is unknown: set HOME or ZOETROPE_BUILD_CACHE")?;
    let caches = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    Ok(home.join(caches).join("zoetrope-build"))
}
