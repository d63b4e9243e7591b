//! A file that has come in part. It stays when the program ends, and grows on in the next.

use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, Write};

use sha2::digest::DynDigest;

use super::super::verify::hex;
use super::destination::{Item, create_parent};
use super::progress::ProgressMeter;
use crate::error::{Error, Result};

/// How much is read at once.
const BLOCK: usize = 1 << 20;

/// What there is of an item; nobody else writes to it meanwhile.
pub struct Partial<'a> {
    item: &'a Item,
    file: File,
    hasher: Box<dyn DynDigest + Send>,
    length: u64,
    _lock: File,
}

impl<'a> Partial<'a> {
    /// Goes on with what is there, if anything is.
    ///
    /// # Errors
    /// It cannot be written, another program is at it, or the download was stopped.
    pub fn open(item: &'a Item, meter: &ProgressMeter) -> Result<Self> {
        let lock = lock(item)?;
        create_parent(&item.partial)?;
        let file = File::options()
            .create(true)
            .read(true)
            .append(true)
            .open(&item.partial);
        let file = file.map_err(Error::file("write", &item.partial))?;
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
        let mut block = vec![0; BLOCK];
        loop {
            meter.check()?;
            let count = self
                .file
                .read(&mut block)
                .map_err(Error::file("read", &self.item.partial))?;
            if count == 0 {
                return Ok(());
            }
            self.hasher.update(&block[..count]);
            self.length += count as u64;
        }
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
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        emptied.map_err(Error::file("write", &self.item.partial))?;
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
        let Item { partial, whole, .. } = self.item;
        let moved = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(partial, whole));
        moved.map_err(Error::file("write", whole))?;
        self.item.show()
    }
}

/// Hugging Face's own programs lock the same file.
fn lock(item: &Item) -> Result<File> {
    create_parent(&item.lock)?;
    let file = File::options().create(true).append(true).open(&item.lock);
    let file = file.map_err(Error::file("write", &item.lock))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let problem = "is being downloaded by another program: try again when that is done";
            Err(Error::content(item.place(), problem))
        }
        Err(TryLockError::Error(error)) => Err(Error::file("lock", &item.lock)(error)),
    }
}
