//! Files that are read, whoever named them: opening one never waits. A pipe, a device or a socket under the name of a
//! model or a picture is told, and not listened to.

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

fn not_ordinary(path: &Path) -> Error {
    Error::content(
        path,
        "is not an ordinary file but a pipe or a device: give a file",
    )
}
