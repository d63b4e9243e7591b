//! Frames as pictures: one of them, or a folder with all.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Frames, Step};
use crate::media::photo;
use crate::{Error, Result};

/// Writes frame number `index`.
pub(super) fn still(target: &Path, mut frames: Frames, index: usize, step: Step) -> Result<()> {
    step(0, 1)?;
    let pixels = frames.get(index)?;
    step(1, 1)?;
    photo::save(target, frames.size, &pixels)
}

/// Writes all frames as `0001.png` and so on into the folder `target`, which must be new or empty: the one with the
/// pictures takes its place when the last one is written.
pub(super) fn sequence(target: &Path, mut frames: Frames, step: Step) -> Result<()> {
    let folder = PartialFolder::create(target)?;
    let digits = frames.len().to_string().len().max(4);
    for index in 0..frames.len() {
        step(index, frames.len())?;
        let name = format!("{:0digits$}.png", index + 1);
        photo::save(
            &folder.temporary.join(name),
            frames.size,
            &frames.get(index)?,
        )?;
    }
    step(frames.len(), frames.len())?;
    folder.finish()
}

/// `.NAME.part` beside `NAME`. Dropped without [`PartialFolder::finish`], nothing is left of it.
struct PartialFolder {
    temporary: PathBuf,
    target: PathBuf,
}

impl PartialFolder {
    fn create(target: &Path) -> Result<Self> {
        let Some(name) = target.file_name() else {
            return Err(Error::content(target, "is not a name for a folder"));
        };
        if target.exists() && !is_empty_folder(target) {
            let problem = "is there already, and not empty: choose another name";
            return Err(Error::content(target, problem));
        }
        let temporary = target.with_file_name(format!(".{}.part", name.to_string_lossy()));
        // What an export left that was killed.
        let _ = fs::remove_dir_all(&temporary);
        fs::create_dir(&temporary).map_err(Error::file("create", target))?;
        Ok(Self {
            temporary,
            target: target.to_owned(),
        })
    }

    fn finish(self) -> Result<()> {
        fs::rename(&self.temporary, &self.target).map_err(Error::file("write", &self.target))
    }
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        // After `finish` it is not there any more.
        let _ = fs::remove_dir_all(&self.temporary);
    }
}
