//! Opening what may be something else than a file: a pipe would wait for ever, and a link may lead anywhere.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::error::{Error, Result};

/// Opens an ordinary file for reading.
///
/// # Errors
/// It is not there, may not be read, or is no ordinary file.
pub fn open(path: &Path) -> Result<File> {
    // Without the flag a pipe would be waited for until somebody writes to it.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        // What cannot be opened at all: a socket, a device without its driver.
        Err(rustix::io::Errno::NXIO) => return Err(not_ordinary(path)),
        Err(error) => return Err(Error::file("read", path)(error.into())),
    };
    let about = file.metadata().map_err(Error::file("read", path))?;
    if about.is_dir() {
        let error = std::io::ErrorKind::IsADirectory;
        return Err(Error::file("read", path)(error.into()));
    }
    if about.is_file() {
        Ok(file)
    } else {
        Err(not_ordinary(path))
    }
}

/// All of an ordinary file.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let result = open(path)?.read_to_end(&mut bytes);
    result.map_err(Error::file("read", path))?;
    Ok(bytes)
}

/// All of an ordinary file of text.
///
/// # Errors
/// As [`open`], and it is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let mut text = String::new();
    let result = open(path)?.read_to_string(&mut text);
    result.map_err(Error::file("read", path))?;
    Ok(text)
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
    Error::content(
        path,
        "is not an ordinary file but a pipe or a device: give a file",
    )
}
