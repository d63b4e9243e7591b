//! Room on a disk.

use std::path::Path;

use rustix::fs::statvfs;

use crate::error::{Error, Result};

/// Checks that a job which writes `bytes` to `folder` finds room there.
///
/// # Errors
/// It does not.
pub fn check_space(folder: &Path, bytes: u64) -> Result<()> {
    let Ok(disk) = statvfs(folder) else {
        // Writing will tell.
        return Ok(());
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if bytes <= free {
        return Ok(());
    }
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    Err(Error::content(
        folder,
        format!(
            "has room for {}, but this writes {}: make room, or write to another disk",
            gigabytes(free),
            gigabytes(bytes)
        ),
    ))
}
