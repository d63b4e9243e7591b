//! Videos that were begun and not finished: a quit, a crash or a power cut leaves their run folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

fn plan_in(folder: &Path) -> PathBuf {
    folder.join("plan.json")
}
