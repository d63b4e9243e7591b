//! *Outputs* are all the files that a piece of work will write. None of them is another one, or something that is read.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{FileIdentity, check_space, check_writable, folder_of};
use crate::error::{Error, Result};

/// A file that will be written.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// What goes into it, as it stands in a sentence.
    pub what: &'static str,
    /// Where it will be.
    pub path: &'a Path,
    /// The room that it takes at least, in bytes.
    pub bytes: u64,
}

/// Checks before any work that every output can be written, that there is room for all of them, and that they are
/// neither each other nor any of `inputs`.
///
/// # Errors
/// The first one that cannot be, and why not.
pub fn check_outputs<'a>(
    outputs: &[Output],
    inputs: impl IntoIterator<Item = &'a Path>,
) -> Result<()> {
    let read: Vec<_> = inputs.into_iter().map(FileIdentity::of).collect();
    let mut written: Vec<(FileIdentity, &Output)> = Vec::new();
    for output in outputs {
        let Output { what, path, .. } = *output;
        let identity = FileIdentity::of(path);
        if read.iter().any(|input| identity.is_same(input)) {
            let problem = format!("is read here, and {what} would replace it: give another name");
            return Err(Error::content(path, problem));
        }
        if let Some((_, other)) = written.iter().find(|(other, _)| identity.is_same(other)) {
            let problem = format!("cannot hold {} and {what}: give two names", other.what);
            return Err(Error::content(path, problem));
        }
        check_writable(path)?;
        written.push((identity, output));
    }
    check_room(outputs)
}

/// Several outputs may share a disk.
fn check_room(outputs: &[Output]) -> Result<()> {
    let mut disks: BTreeMap<u64, (&Path, u64)> = BTreeMap::new();
    for output in outputs {
        let folder = folder_of(output.path);
        if let Ok(about) = fs::metadata(folder) {
            let (_, bytes) = disks.entry(about.dev()).or_insert((folder, 0));
            *bytes = bytes.saturating_add(output.bytes);
        }
    }
    let mut disks = disks.into_values();
    disks.try_for_each(|(folder, bytes)| check_space(folder, bytes))
}
