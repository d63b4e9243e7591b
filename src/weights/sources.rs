//! The open files of a network, from which any thread may read.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use super::entry::Entry;
use super::shares;
use crate::{Error, Result};

/// A file kept open, to read tensors from when they are wanted.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

/// All files of a network, in the order in which entries count them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources(pub(super) Vec<Arc<Source>>);

impl Sources {
    /// Part of a tensor's bytes, from `offset` within the tensor.
    ///
    /// Large parts are read by several threads: one alone copies from the system's cache of files at a third of what a
    /// fast disk gives. Files are never mapped, since a disk that goes away must be an error, and not a signal.
    ///
    /// # Errors
    /// The file cannot be read, or ends before.
    pub(super) fn read(&self, entry: &Entry, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let Some(source) = self.0.get(entry.file) else {
            return Ok(());
        };
        shares::each(bytes, 1, |first, share| {
            let start = entry.start + offset + first as u64;
            let read = source.file.read_exact_at(share, start);
            read.map_err(Error::file("read", &source.path))
        })?;
        Ok(())
    }
}
