//! Opening what a user named: a file, and nothing that may keep a reader waiting.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

use crate::{Error, Result};

/// Opens the file at `path` for reading. What is no ordinary file is refused before it is opened, since a pipe would
/// wait for somebody to write; should it become one in between, it is opened without waiting.
pub(super) fn open(path: &Path) -> Result<File> {
    let read = || Error::file("read", path);
    ordinary(path, &fs::metadata(path).map_err(read())?)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(read())?;
    ordinary(path, &file.metadata().map_err(read())?)?;
    Ok(file)
}

fn ordinary(path: &Path, found: &fs::Metadata) -> Result<()> {
    if found.is_dir() {
        return Err(Error::file("read", path)(
            io::ErrorKind::IsADirectory.into(),
        ));
    }
    if !found.is_file() {
        let problem =
            "is a pipe or a device, not a file: save what comes out of it as a file first";
        return Err(Error::content(path, problem));
    }
    Ok(())
}
