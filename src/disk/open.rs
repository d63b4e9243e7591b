//! Opening what may be something else than a file: a pipe would wait for ever, and a link may lead anywhere.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::error::{Error, Result};

/// Opens an ordinary file for reading.
///
/// # Errors
/// It is not there, cannot be read, or is a pipe, a device or a folder.
pub fn open(path: &Path) -> Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty());
    let file = File::from(file.map_err(|errno| Error::file("read", path)(errno.into()))?);
    let about = file.metadata().map_err(Error::file("read", path))?;
    match about {
        about if about.is_file() => Ok(file),
        about if about.is_dir() => Err(Error::file("read", path)(
            io::ErrorKind::IsADirectory.into(),
        )),
        _ => Err(not_ordinary(path)),
    }
}

/// Opens a file that is there for its lock alone, and creates it where it is missing. What is in it stays.
///
/// # Errors
/// It cannot be created, or what has its name is a link, a pipe or the like.
pub fn open_lock(path: &Path) -> Result<File> {
    let flags =
        OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mode = Mode::from_raw_mode(0o666);
    let file = match rustix::fs::open(path, flags, mode) {
        Ok(file) => File::from(file),
        Err(_) if path.is_symlink() => return Err(not_ordinary(path)),
        Err(errno) => return Err(Error::file("write", path)(errno.into())),
    };
    let about = file.metadata().map_err(Error::file("write", path))?;
    if about.is_file() {
        Ok(file)
    } else {
        Err(not_ordinary(path))
    }
}

fn not_ordinary(path: &Path) -> Error {
    Error::content(path, "is not an ordinary file: remove it first")
}
