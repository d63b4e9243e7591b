//! A file that has come in part. It stays when the program ends, and grows on in the next.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use sha2::digest::DynDigest;

use super::super::verify::hex;
use super::destination::{Item, create_parent};
use super::progress::ProgressMeter;
use crate::disk::{self, ResumableFile};
use crate::error::{Error, Result};

/// How much is read at once.
const BLOCK: usize = 1 << 20;

/// What there is of an item; nobody else writes to it meanwhile.
pub struct Partial<'a> {
    item: &'a Item,
    file: ResumableFile,
    hasher: Box<dyn DynDigest + Send>,
    length: u64,
    _lock: Option<File>,
}

impl<'a> Partial<'a> {
    /// Goes on with what is there, if anything is.
    ///
    /// # Errors
    /// It cannot be written, another program is at it, or the download was stopped.
    pub fn open(item: &'a Item, meter: &ProgressMeter) -> Result<Self> {
        let lock = lock(item)?;
        create_parent(&item.partial)?;
        let file = ResumableFile::open(&item.partial, &item.whole)?;
        let file = file.ok_or_else(|| in_use(item))?;
        let mut partial = Self {
            item,
            file,
            hasher: item.checksum.hasher(item.size),
            length: 0,
            _lock: lock,
        };
        partial.read_what_is_there(meter)?;
        if partial.length > item.size {
            partial.restart()?;
        }
        Ok(partial)
    }

    /// The checksum is of all bytes, those of earlier times too.
    fn read_what_is_there(&mut self, meter: &ProgressMeter) -> Result<()> {
        let hasher = &mut self.hasher;
        self.length = digest(&mut self.file, &self.item.partial, hasher.as_mut(), meter)?;
        Ok(())
    }

    /// How much is there.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether nothing more is to come.
    pub fn is_complete(&self) -> bool {
        self.length >= self.item.size
    }

    /// Puts these bytes behind what is there.
    ///
    /// # Errors
    /// The disk is full, most likely.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(Error::file("write", &self.item.partial))?;
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Throws away what is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn restart(&mut self) -> Result<()> {
        self.file.restart()?;
        self.hasher = self.item.checksum.hasher(self.item.size);
        self.length = 0;
        Ok(())
    }

    /// Whether what is there is what was published.
    pub fn is_as_published(&self) -> bool {
        hex(&self.hasher.box_clone().finalize()) == self.item.checksum.digits()
    }

    /// Puts it where whole files are.
    ///
    /// # Errors
    /// That folder cannot be written to.
    pub fn finish(self) -> Result<()> {
        self.file.finish()
    }
}

/// Whether the file that is there has the content that was published.
///
/// # Errors
/// It cannot be read, or the download was stopped.
pub fn is_as_published(item: &Item, meter: &ProgressMeter) -> Result<bool> {
    let mut hasher = item.checksum.hasher(item.size);
    let mut file = disk::open(&item.whole)?;
    digest(&mut file, &item.whole, hasher.as_mut(), meter)?;
    Ok(hex(&hasher.finalize()) == item.checksum.digits())
}

/// Feeds a file to a checksum, and returns its length.
fn digest(
    file: &mut dyn Read,
    path: &Path,
    hasher: &mut dyn DynDigest,
    meter: &ProgressMeter,
) -> Result<u64> {
    let mut block = vec![0; BLOCK];
    let mut length = 0;
    loop {
        meter.check()?;
        let count = file.read(&mut block).map_err(Error::file("read", path))?;
        if count == 0 {
            return Ok(length);
        }
        hasher.update(&block[..count]);
        length += count as u64;
    }
}

/// Hugging Face's own programs lock the same file.
fn lock(item: &Item) -> Result<Option<File>> {
    let Some(path) = &item.lock else {
        return Ok(None);
    };
    create_parent(path)?;
    let file = disk::open_lock(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(in_use(item)),
        // Some network drives know no locks; that is no reason not to work there.
        _ => Ok(Some(file)),
    }
}

fn in_use(item: &Item) -> Error {
    let problem = "is being downloaded by another program: try again when that is done";
    Error::content(item.place(), problem)
}
