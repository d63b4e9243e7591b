//! Room on the disk.

use std::path::Path;

use rustix::fs::statvfs;

use crate::error::{Error, Result};

/// What other programs should find left.
const RESERVE: u64 = 1 << 30;

/// Checks that so many bytes find room in `folder`, which need not be there yet.
///
/// # Errors
/// They do not.
pub fn check(folder: &Path, bytes: u64) -> Result<()> {
    let there = folder.ancestors().find(|folder| folder.exists());
    let Some(disk) = there.and_then(|folder| statvfs(folder).ok()) else {
        // Writing will tell.
        return Ok(());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if bytes == 0 || bytes.saturating_add(RESERVE) <= free {
        return Ok(());
    }
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    Err(Error::content(
        folder,
        format!(
            "has room for {}, but {} are still to come: make room, or choose a folder on another disk with --folder",
            gigabytes(free.saturating_sub(RESERVE)),
            gigabytes(bytes)
        ),
    ))
}
