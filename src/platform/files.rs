//! Handing files and pages over to the desktop.

use std::fmt::Display;
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Shows the file in Finder, or whatever the file manager is.
///
/// # Errors
/// There is no file manager that could.
pub fn reveal(path: &Path) -> Result<()> {
    opener::reveal(path).map_err(|error| not_done("show", path, &error))
}

/// Opens a file or the address of a page in the program that the user prefers for it.
///
/// # Errors
/// There is none.
pub fn open(what: &str) -> Result<()> {
    opener::open(what).map_err(|error| not_done("open", Path::new(what), &error))
}

/// Moves a file or folder to the trash, from where the user can take it back.
///
/// # Errors
/// It is not there, or its disk has no trash; then it stays where it is.
pub fn trash(path: &Path) -> Result<()> {
    trash::delete(path).map_err(|error| not_done("trash", path, &error))
}

fn not_done(verb: &'static str, path: &Path, why: &dyn Display) -> Error {
    Error::file(verb, path)(io::Error::other(why.to_string()))
}
