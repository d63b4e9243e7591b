//! A *partial file* is a file in the making: it has a temporary name until it is whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// How much is moved at once.
const BLOCK: usize = 1 << 20;

/// `.NAME.part` beside `NAME`. Dropped without [`PartialFile::finish`], nothing is left of it.
pub struct PartialFile {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl PartialFile {
    /// Begins a file that shall be called `target`. A file of that name stays as it is for now.
    pub fn create(target: &Path) -> Result<Self> {
        refuse_impossible(target)?;
        let temporary = temporary_name(target)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&temporary)
            .map_err(Error::file("create", target))?;
        Ok(Self {
            file,
            temporary,
            target: target.to_owned(),
            finished: false,
        })
    }

    /// Writes `bytes` at `position`, which may lie beyond what was written so far.
    pub fn write_at(&mut self, position: u64, bytes: &[u8]) -> Result<()> {
        let mut write = || {
            self.file.seek(SeekFrom::Start(position))?;
            self.file.write_all(bytes)
        };
        write().map_err(Error::file("write", &self.target))
    }

    /// Makes room in front: moves the first `length` bytes up by `distance`.
    pub(super) fn move_up(&mut self, length: u64, distance: u64) -> Result<()> {
        move_up(&mut self.file, length, distance).map_err(Error::file("write", &self.target))
    }

    /// Gives the file its name, in place of whatever had that name.
    pub fn finish(mut self) -> Result<()> {
        self.file
            .sync_all()
            .and_then(|()| fs::rename(&self.temporary, &self.target))
            .map_err(Error::file("write", &self.target))?;
        self.finished = true;
        Ok(())
    }
}

/// Goes on where the last bytes were written.
impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if !self.finished {
            // If it cannot be removed, the error that brought us here is the one worth telling.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Finds out before any work is done what could only fail at its end.
fn refuse_impossible(target: &Path) -> Result<()> {
    if let Some(folder) = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        && !folder.exists()
    {
        return Err(Error::content(
            folder,
            "does not exist; create this folder first, or choose another",
        ));
    }
    match fs::metadata(target) {
        Ok(found) if found.is_dir() => Err(Error::file("write", target)(
            io::ErrorKind::IsADirectory.into(),
        )),
        Ok(found) if !found.is_file() => Err(Error::content(
            target,
            "is not an ordinary file; choose another name",
        )),
        _ => Ok(()),
    }
}

fn temporary_name(target: &Path) -> Result<PathBuf> {
    let Some(name) = target.file_name() else {
        return Err(Error::content(target, "is not a name for a file"));
    };
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(".part");
    Ok(target.with_file_name(temporary))
}

/// From the end, block by block, so that nothing is overwritten before it was read.
fn move_up(file: &mut File, length: u64, distance: u64) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    let mut end = length;
    while end > 0 {
        let size = end.min(BLOCK as u64);
        let bytes = &mut block[..size as usize];
        end -= size;
        file.seek(SeekFrom::Start(end))?;
        file.read_exact(bytes)?;
        file.seek(SeekFrom::Start(end + distance))?;
        file.write_all(bytes)?;
    }
    Ok(())
}
