//! Room on a disk.

use std::path::Path;
use std::{fs, process};

use rustix::fs::statvfs;

use crate::error::{Error, Result};
use crate::platform::files;

/// What other programs should find left after a download, which nobody watches to its end.
const RESERVE: u64 = 1 << 30;

/// Checks that a job which writes `bytes` to `folder` finds room there. The folder need not be there yet.
///
/// # Errors
/// It does not.
pub fn check_space(folder: &Path, bytes: u64) -> Result<()> {
    match free(folder) {
        Some(free) if bytes > free => {
            let problem = format!(
                "has room for {}, but this writes {}: make room, or write to another disk",
                size(free),
                size(bytes)
            );
            Err(Error::content(folder, problem))
        }
        _ => Ok(()),
    }
}

/// Checks that files can be made in a folder, which is made if it is not there.
///
/// # Errors
/// They cannot.
pub fn check_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let trial = folder.join(format!(".zoetrope-{}", process::id()));
    fs::File::create_new(&trial).map_err(Error::file("write", folder))?;
    fs::remove_file(&trial).map_err(Error::file("write", folder))
}

/// The same for `bytes` that are still to be downloaded, of which a gigabyte more is asked for.
///
/// # Errors
/// There is not so much room.
pub fn check_space_for_download(folder: &Path, bytes: u64) -> Result<()> {
    match free(folder) {
        Some(free) if bytes > 0 && bytes.saturating_add(RESERVE) > free => {
            let problem = format!(
                "has room for {}, but {} are still to come: make room, or choose a folder on another disk with --folder",
                size(free.saturating_sub(RESERVE)),
                size(bytes)
            );
            Err(Error::content(folder, problem))
        }
        _ => Ok(()),
    }
}

/// The free bytes of the disk that a folder is on, or will be, with what the system would give up for a download.
pub fn free_space(folder: &Path) -> Option<u64> {
    crate::platform::files::room(folder).or_else(|| free(folder))
}

/// The free bytes of the disk that a folder is on, or will be. Where nobody can tell, writing will.
fn free(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.exists());
    let there = there.unwrap_or(Path::new("."));
    let disk = statvfs(there).ok();
    let plain = disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    with_purgeable(plain, files::room(there))
}

/// The room on a disk that has `plain` bytes free, where the system tells of `purgeable` ones that it would give up as well:
/// a Mac counts copies of what is in iCloud and old snapshots as taken until somebody needs the room. Of disks on a server
/// it tells 0.
pub fn with_purgeable(plain: Option<u64>, purgeable: Option<u64>) -> Option<u64> {
    plain.max(purgeable)
}

fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{} MB", bytes / 1_000_000)
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}
