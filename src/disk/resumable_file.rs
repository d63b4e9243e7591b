//! A *resumable file* is a file in the making that outlives its process: whoever wants the same content next goes on with
//! it. While somebody is at it, it is locked.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::durable::{sync, sync_folder};
use super::{check_target, folder_of, temporary};
use crate::error::{Error, Result};

/// Somebody who finishes or removes the file at this moment is waited for so many times.
const TRIES: usize = 8;

/// A file that grows under a name of its own beside its place. What is in it when it is dropped stays; one with nothing in
/// it goes.
#[derive(Debug)]
pub struct ResumableFile {
    file: File,
    path: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl ResumableFile {
    /// Goes on with the file at `path`, which shall be called `target`, or begins it; nothing where another process is at
    /// it. It is read from its beginning, and written behind what was read.
    ///
    /// # Errors
    /// There can be no file called `target`, the folder cannot be written to, or what lies at `path` is none of this
    /// user's own files: a link, a pipe, a file that has another name as well. That stays as it is.
    pub fn open(path: &Path, target: &Path) -> Result<Option<Self>> {
        check_target(target)?;
        temporary::sweep(folder_of(path));
        for _ in 0..TRIES {
            let file = open_own(path)?;
            if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                return Ok(None);
            }
            // Otherwise whoever had it until now has finished it.
            if temporary::is_at(&file, path) {
                return Ok(Some(Self {
                    file,
                    path: path.to_owned(),
                    target: target.to_owned(),
                    finished: false,
                }));
            }
        }
        Ok(None)
    }

    /// Throws away what is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn restart(&mut self) -> Result<()> {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(Error::file("write", &self.path))
    }

    /// Gives the file its name, in place of whatever had that name. Once this has returned, it is there after a power cut
    /// too.
    ///
    /// # Errors
    /// The disk fails, or somebody took the file away.
    pub fn finish(mut self) -> Result<()> {
        let mut rename = || {
            sync(&self.file)?;
            if !temporary::is_at(&self.file, &self.path) {
                // What has the name now is not what was written.
                return Err(io::ErrorKind::NotFound.into());
            }
            fs::rename(&self.path, &self.target)?;
            self.finished = true;
            sync_folder(folder_of(&self.target))
        };
        rename().map_err(Error::file("write", &self.target))
    }
}

impl Read for ResumableFile {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Write for ResumableFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for ResumableFile {
    fn drop(&mut self) {
        let is_empty = || self.file.metadata().is_ok_and(|about| about.len() == 0);
        if !self.finished && is_empty() && temporary::is_at(&self.file, &self.path) {
            // An empty file that stays is in nobody's way.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens a file of ours, or creates it. What else lies under its name is left alone.
fn open_own(path: &Path) -> Result<File> {
    let flags =
        OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let in_the_way = || Error::content(path, "is in the way: remove it");
    let file = match rustix::fs::open(path, flags, Mode::from_raw_mode(0o666)) {
        Ok(file) => File::from(file),
        Err(_) if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) => {
            return Err(in_the_way());
        }
        Err(errno) => return Err(Error::file("write", path)(errno.into())),
    };
    let about = file.metadata().map_err(Error::file("write", path))?;
    // Where a drive gives every file to one user, the folder is that user's too.
    let folder = fs::metadata(folder_of(path)).map(|folder| folder.uid());
    let user = rustix::process::geteuid().as_raw();
    let is_own = about.uid() == user || folder.is_ok_and(|folder| folder == about.uid());
    if about.is_file() && about.nlink() == 1 && is_own {
        Ok(file)
    } else {
        Err(in_the_way())
    }
}
