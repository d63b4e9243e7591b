//! A *partial file* is a file in the making: it has a temporary name until it is whole.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::durable::{sync, sync_folder};
use super::{check_target, folder_of, temporary};
use crate::error::{Error, Result};

/// How much is moved at once.
const BLOCK: usize = 1 << 20;

/// A file with a temporary name beside its place, which this process alone has. Dropped without
/// [`PartialFile::finish`], nothing is left of it.
#[derive(Debug)]
pub struct PartialFile {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    finished: bool,
}

impl PartialFile {
    /// Begins a file that shall be called `target`. A file of that name stays as it is for now.
    ///
    /// # Errors
    /// There can be no file of that name, or the folder cannot be written to.
    pub fn create(target: &Path) -> Result<Self> {
        check_target(target)?;
        let folder = folder_of(target);
        temporary::sweep(folder);
        let (temporary, file) =
            temporary::create_file(folder).map_err(Error::file("create", target))?;
        Ok(Self {
            file,
            temporary,
            target: target.to_owned(),
            finished: false,
        })
    }

    /// Writes a whole file in place of whatever had its name.
    ///
    /// # Errors
    /// It cannot be written; what was there before still is.
    pub fn write(target: &Path, bytes: &[u8]) -> Result<()> {
        let mut file = Self::create(target)?;
        file.write_at(0, bytes)?;
        file.finish()
    }

    /// Writes `bytes` at `position`, which may lie beyond what was written so far.
    ///
    /// # Errors
    /// The disk is full, most likely.
    pub fn write_at(&mut self, position: u64, bytes: &[u8]) -> Result<()> {
        let mut write = || {
            self.file.seek(SeekFrom::Start(position))?;
            self.file.write_all(bytes)
        };
        write().map_err(Error::file("write", &self.target))
    }

    /// Makes room in front: moves the first `length` bytes up by `distance`.
    ///
    /// # Errors
    /// The disk is full, most likely.
    pub fn move_up(&mut self, length: u64, distance: u64) -> Result<()> {
        move_up(&mut self.file, length, distance).map_err(Error::file("write", &self.target))
    }

    /// Gives the file its name, in place of whatever had that name. Once this has returned, it is there after a power
    /// cut too.
    ///
    /// # Errors
    /// The disk is full or fails, or somebody took the temporary file away.
    pub fn finish(self) -> Result<()> {
        let target = self.target.clone();
        self.finish_as(&target)
    }

    /// [`finish`](Self::finish), with another name in the same folder than was told in the beginning.
    ///
    /// # Errors
    /// As there.
    pub fn finish_as(mut self, target: &Path) -> Result<()> {
        let mut rename = || {
            sync(&self.file)?;
            if !temporary::is_at(&self.file, &self.temporary) {
                // What has the name now is not what was written.
                return Err(io::ErrorKind::NotFound.into());
            }
            fs::rename(&self.temporary, target)?;
            self.finished = true;
            sync_folder(folder_of(target))
        };
        rename().map_err(Error::file("write", target))
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
        if !self.finished && temporary::is_at(&self.file, &self.temporary) {
            // If it cannot be removed, the error that brought us here is the one worth telling.
            let _ = fs::remove_file(&self.temporary);
        }
    }
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
