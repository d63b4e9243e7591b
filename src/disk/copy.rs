//! A file again, elsewhere.

use std::io::{Read, Write};
use std::path::Path;

use super::{PartialFile, open};
use crate::error::{Error, Result};

/// How much is moved at once.
const BLOCK: usize = 1 << 20;

/// Copies `source` to `target`, which appears when it is whole.
///
/// # Errors
/// One of the two, by its own name: `source` cannot be read, or `target` not be written.
pub fn copy(source: &Path, target: &Path) -> Result<()> {
    let mut from = open(source)?;
    let mut to = PartialFile::create(target)?;
    let mut block = vec![0; BLOCK];
    loop {
        let count = from.read(&mut block).map_err(Error::file("read", source))?;
        if count == 0 {
            return to.finish();
        }
        to.write_all(&block[..count])
            .map_err(Error::file("write", target))?;
    }
}
