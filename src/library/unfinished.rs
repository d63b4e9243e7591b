//! Videos that were begun and not finished: a quit, a crash or a power cut leaves their run folders.

use std::fs::{self, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::disk;
use crate::error::{Error, Result};
use crate::job::Flaw;

/// The run folders, `OUT.mp4.run`, in the folders of videos, the newest first.
pub(super) fn find<'a>(videos: impl IntoIterator<Item = &'a PathBuf>) -> Vec<PathBuf> {
    let readable = videos
        .into_iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let entries = readable.flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut folders: Vec<(SystemTime, PathBuf)> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "run"))
        .filter_map(|path| {
            let plan = fs::metadata(plan_in(&path)).ok()?;
            Some((plan.modified().ok()?, path))
        })
        .collect();
    folders.sort_by(|a, b| b.cmp(a));
    folders.into_iter().map(|(_, path)| path).collect()
}

/// Whether there is an unfinished video in the run folder.
pub(super) fn is_begun(folder: &Path) -> bool {
    plan_in(folder).exists()
}

/// What a job writes into its run folder.
const OURS: [&str; 5] = [
    "plan.json",
    "state.safetensors",
    "latents.safetensors",
    "pictures",
    "lock",
];

/// Has a run folder taken away, with everything in it; one that is `in_use` only where that is known.
pub(super) fn discard(
    folder: &Path,
    in_use: bool,
    discard: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let found = match fs::symlink_metadata(folder) {
        // A job that never began has none.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found.map_err(Error::file("remove", folder))?,
    };
    let is_ours = found.is_dir()
        && folder.extension().is_some_and(|ending| ending == "run")
        && OURS.iter().any(|name| folder.join(name).exists());
    if !is_ours {
        let problem = "is not the folder of an unfinished video, so it stays where it is";
        return Err(Error::content(folder, problem));
    }
    if !in_use && is_in_use(folder) {
        return Err(Error::content(folder, Flaw::InUse));
    }
    discard(folder)
}

/// Has the latents of a draft taken away with their folder. One that a job is in stays.
pub(super) fn discard_draft(video: &Path, discard: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let folder = video.with_added_extension("run");
    let is_left = folder.join("latents.safetensors").is_file() && !is_begun(&folder);
    if is_left && !is_in_use(&folder) {
        discard(&folder)?;
    }
    Ok(())
}

/// Whether a process works in the run folder: it holds a lock there.
fn is_in_use(folder: &Path) -> bool {
    let lock = disk::open(&folder.join("lock"));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn plan_in(folder: &Path) -> PathBuf {
    folder.join("plan.json")
}
