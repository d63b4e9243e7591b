//! Handing files and pages over to the desktop.

use std::io;
use std::path::{Path, PathBuf};

use super::native;
use crate::error::{Error, Result};

/// Shows the file in Finder, or whatever the file manager is.
///
/// # Errors
/// There is no file manager that could.
pub fn reveal(path: &Path) -> Result<()> {
    native::reveal(path).map_err(|why| not_done("show", path, &why))
}

/// Opens a file or the address of a page in the program that the user prefers for it.
///
/// # Errors
/// There is none.
pub fn open(what: &str) -> Result<()> {
    native::open(what).map_err(|why| not_done("open", Path::new(what), &why))
}

/// Moves a file or folder to the trash, from where the user can take it back, and returns where it is there, if that is
/// known.
///
/// # Errors
/// It is not there, or its disk has no trash; then it stays where it is.
pub fn trash(path: &Path) -> Result<Option<PathBuf>> {
    native::trash(path).map_err(|why| not_done("trash", path, &why))
}

fn not_done(verb: &'static str, path: &Path, why: &str) -> Error {
    Error::file(verb, path)(io::Error::other(why))
}

/// The room on the disk of this folder with what the system would give up for it, where it tells.
pub fn room(folder: &Path) -> Option<u64> {
    native::room(folder)
}

/// Keeps a folder that can be had again out of the system's backups.
pub fn keep_out_of_backups(folder: &Path) {
    if let Err(why) = native::keep_out_of_backups(folder) {
        log::warn!("{} goes into backups: {why}", folder.display());
    }
}
