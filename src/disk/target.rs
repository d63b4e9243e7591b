//! A *target* is a name that a file shall get. What could only fail at the end of the work is found out before it.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::io::Errno;

use super::{folder_of, temporary};
use crate::error::{Error, Result};

/// Checks that there can be a file of this name, as far as looking tells.
///
/// # Errors
/// Why there cannot be one.
pub fn check_target(target: &Path) -> Result<()> {
    if target.as_os_str().as_bytes().ends_with(b"/") {
        let problem = "is the name of a folder: give the name of a file in it";
        return Err(Error::content(target, problem));
    }
    let folder = folder_of(target);
    if !folder.exists() {
        let problem = "does not exist; create this folder first, or choose another";
        return Err(Error::content(folder, problem));
    }
    check_length(target)?;
    let problem = match fs::metadata(target) {
        Ok(found) if found.is_dir() => {
            return Err(Error::file("write", target)(
                io::ErrorKind::IsADirectory.into(),
            ));
        }
        Ok(found) if !found.is_file() => "is not an ordinary file; choose another name",
        _ if target.file_name().is_none() => "is not a name for a file",
        Ok(found) if found.permissions().readonly() => {
            "is read-only: allow to write it, or choose another name"
        }
        Ok(found) if is_locked(target, &found) => {
            "is locked: unlock it first, or choose another name"
        }
        _ if is_protected(target, folder) => {
            "belongs to another user: choose another name, or another folder"
        }
        _ => return Ok(()),
    };
    Err(Error::content(target, problem))
}

/// Checks that a file of this name can be written, by writing another one beside it.
///
/// # Errors
/// As [`check_target`], or the folder cannot be written to.
pub fn check_writable(target: &Path) -> Result<()> {
    if target.is_dir() {
        let problem = "is a folder: give the name of a file in it";
        return Err(Error::content(target, problem));
    }
    let folder = folder_of(target);
    if !folder.is_dir() {
        let problem = "is not a folder: create it first, or write elsewhere";
        return Err(Error::content(folder, problem));
    }
    check_target(target)?;
    temporary::sweep(folder);
    let probe = temporary::create_file(folder);
    probe
        .and_then(|(path, _held)| fs::remove_file(path))
        .map_err(Error::file("write to", folder))
}

/// Checks that the file system has names as long as this one.
///
/// # Errors
/// It does not.
pub(super) fn check_length(target: &Path) -> Result<()> {
    let too_long = Errno::NAMETOOLONG.raw_os_error();
    match fs::symlink_metadata(target) {
        Err(error) if error.raw_os_error() == Some(too_long) => {
            let name = target.file_name().unwrap_or_default().as_bytes();
            let problem = format!(
                "is too long a name for a file here ({} bytes): choose a shorter one",
                name.len()
            );
            Err(Error::content(target, problem))
        }
        _ => Ok(()),
    }
}

/// Whether somebody locked the file against changes, as Finder's Get Info does.
#[cfg(target_os = "macos")]
fn is_locked(_target: &Path, found: &Metadata) -> bool {
    use std::os::macos::fs::MetadataExt as _;
    // `sys/stat.h`: UF_IMMUTABLE, UF_APPEND, SF_IMMUTABLE, SF_APPEND
    const LOCKED: u32 = 0x2 | 0x4 | 0x2_0000 | 0x4_0000;
    found.st_flags() & LOCKED != 0
}

/// Whether somebody locked the file against changes, as `chattr +i` does.
#[cfg(target_os = "linux")]
fn is_locked(target: &Path, _found: &Metadata) -> bool {
    use rustix::fs::{IFlags, ioctl_getflags};
    let flags = super::open(target)
        .ok()
        .and_then(|file| ioctl_getflags(file).ok());
    flags.is_some_and(|flags| flags.intersects(IFlags::IMMUTABLE | IFlags::APPEND))
}

#[cfg(not(any(target_os = "macos", target_os = "linux")))]
fn is_locked(_target: &Path, _found: &Metadata) -> bool {
    false
}

/// Whether only another user may replace the file: in folders that are for all, as `/tmp`, names belong to who made them.
fn is_protected(target: &Path, folder: &Path) -> bool {
    const STICKY: u32 = 0o1000;
    let user = rustix::process::geteuid();
    let is_others = |about: &Metadata| about.uid() != user.as_raw();
    let both = (fs::symlink_metadata(target), fs::metadata(folder));
    let (Ok(target), Ok(folder)) = both else {
        return false;
    };
    !user.is_root() && folder.mode() & STICKY != 0 && is_others(&folder) && is_others(&target)
}
