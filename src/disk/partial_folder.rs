//! A *partial folder* is a folder in the making, and one that is on its way out: both have a temporary name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::durable::sync_folder;
use super::{folder_of, temporary};
use crate::error::{Error, Result};

/// A folder with a temporary name beside its place. Dropped without [`PartialFolder::finish`], nothing is left of it.
#[derive(Debug)]
pub struct PartialFolder {
    temporary: PathBuf,
    target: PathBuf,
    finished: bool,
    /// Holds the temporary name.
    _held: File,
}

impl PartialFolder {
    /// Begins a folder that shall be called `target`, which must be new or empty.
    ///
    /// # Errors
    /// Something is there already, or the folder that it shall be in cannot be written to.
    pub fn create(target: &Path) -> Result<Self> {
        if target.file_name().is_none() {
            return Err(Error::content(target, "is not a name for a folder"));
        }
        // What a link leads to is given the content, and the link stays.
        let target = match target.canonicalize() {
            Ok(there) if !is_empty_folder(&there) => {
                let problem = "is there already, and not empty: choose another name";
                return Err(Error::content(target, problem));
            }
            Ok(there) => there,
            Err(_) if target.is_symlink() => {
                let problem = "is a link that leads nowhere: choose another name";
                return Err(Error::content(target, problem));
            }
            Err(_) => target.to_owned(),
        };
        let folder = folder_of(&target);
        temporary::sweep(folder);
        let (temporary, held) =
            temporary::create_folder(folder).map_err(Error::file("create", &target))?;
        Ok(Self {
            temporary,
            target,
            finished: false,
            _held: held,
        })
    }

    /// Where its content goes meanwhile.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Gives the folder its name.
    ///
    /// # Errors
    /// Somebody put something there meanwhile, or the disk fails.
    pub fn finish(mut self) -> Result<()> {
        sync_folder(&self.temporary)
            .and_then(|()| fs::rename(&self.temporary, &self.target))
            .map_err(Error::file("write", &self.target))?;
        self.finished = true;
        sync_folder(folder_of(&self.target)).map_err(Error::file("write", &self.target))
    }
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed, the next process that writes here does it.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Removes a folder with everything in it, for others at once: it gets a temporary name first, under which the next
/// process finds it if this one dies meanwhile.
///
/// # Errors
/// It cannot be renamed or removed.
pub fn discard(folder: &Path) -> io::Result<()> {
    let held = File::open(folder)?;
    // Where there are no locks, nobody sweeps either.
    let _ = held.try_lock();
    let temporary = folder_of(folder).join(temporary::name());
    fs::rename(folder, &temporary)?;
    sync_folder(folder_of(folder))?;
    fs::remove_dir_all(&temporary)
}
