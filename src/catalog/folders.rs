//! The *folders* that models are looked for in: those where programs of this kind keep them, and those that were added.

use std::fs;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, UserDirs};
use serde::{Deserialize, Serialize};

use super::built_in;
use crate::dirs;
use crate::disk::{self, PartialFile};
use crate::error::{Error, Result};
use crate::job::Problem;

/// What is remembered.
#[derive(Default, Serialize, Deserialize)]
struct Saved {
    #[serde(default)]
    folders: Vec<PathBuf>,
}

/// Every folder that is there.
pub fn all() -> Vec<PathBuf> {
    let known = [built_in::built_in_folder(), own(), hub_cache()];
    let known = known.into_iter().flatten().chain(comfyui());
    let all = known.chain(added().unwrap_or_default());
    all.filter(|folder| folder.is_dir()).collect()
}

/// Where models of ours may be put: on a Mac `Application Support/app.zoetrope.Zoetrope/models`.
pub fn own() -> Option<PathBuf> {
    Some(dirs::data()?.join("models"))
}

/// The folders that were added.
///
/// # Errors
/// What was remembered cannot be read.
pub fn added() -> Result<Vec<PathBuf>> {
    let path = preferences_path()?;
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = disk::read(&path)?;
    let saved: Saved = serde_json::from_slice(&text).map_err(|error| {
        let problem = format!("is no list of folders ({error}): correct or remove it");
        Error::content(&path, problem)
    })?;
    Ok(saved.folders)
}

/// Looks in this folder too from now on.
///
/// # Errors
/// It is none, or it cannot be remembered.
pub fn add(folder: &Path) -> Result<()> {
    let place = folder.canonicalize().map_err(Error::file("read", folder))?;
    if !place.is_dir() {
        return Err(Error::content(folder, "is not a folder: give one"));
    }
    change(|folders| {
        if !folders.contains(&place) {
            folders.push(place);
        }
        Ok(())
    })
}

/// Looks in this folder no more; nothing in it is touched.
///
/// # Errors
/// It was not added, or that cannot be remembered.
pub fn forget(folder: &Path) -> Result<()> {
    let place = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    change(|folders| {
        let before = folders.len();
        folders.retain(|known| *known != place);
        if folders.len() == before {
            let problem = "is not one of the folders that were added";
            return Err(Error::content(folder, problem));
        }
        Ok(())
    })
}

/// Changes what is remembered. Other programs that do the same wait meanwhile, so that none loses what another adds.
fn change(how: impl FnOnce(&mut Vec<PathBuf>) -> Result<()>) -> Result<()> {
    let path = preferences_path()?;
    let folder = disk::folder_of(&path);
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let lock = disk::open_lock(&path.with_extension("lock"))?;
    // Where there are no locks, the last one wins.
    let _ = lock.lock();
    let mut folders = added()?;
    how(&mut folders)?;
    let text = serde_json::to_vec_pretty(&Saved { folders })
        .map_err(|error| Error::Other(format!("The folders cannot be remembered: {error}")))?;
    PartialFile::write(&path, &text)
}

fn preferences_path() -> Result<PathBuf> {
    let no_home = || Error::from(Problem::NoHome);
    Ok(dirs::data().ok_or_else(no_home)?.join("folders.json"))
}

/// Hugging Face's cache, as its own programs find it.
///
/// `huggingface_hub/constants.py`, `HF_HUB_CACHE`.
pub fn hub_cache() -> Option<PathBuf> {
    dirs::given("HF_HUB_CACHE").or_else(|| Some(hub_home()?.join("hub")))
}

/// Where Hugging Face's programs keep the cache and the token: `HF_HOME`.
pub fn hub_home() -> Option<PathBuf> {
    let user = || Some(BaseDirs::new()?.home_dir().join(".cache"));
    let caches = || dirs::given("XDG_CACHE_HOME").or_else(user);
    dirs::given("HF_HOME").or_else(|| Some(caches()?.join("huggingface")))
}

/// Where ComfyUI keeps its models: beside its source, or where its app was told to.
fn comfyui() -> Vec<PathBuf> {
    let home = BaseDirs::new().map(|dirs| dirs.home_dir().join("ComfyUI"));
    let documents = UserDirs::new().and_then(|dirs| Some(dirs.document_dir()?.join("ComfyUI")));
    let bases = [home, documents].into_iter().flatten();
    bases.map(|base| base.join("models")).collect()
}
