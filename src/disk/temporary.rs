//! A *temporary name* is `.zoetrope-PROCESS-RANDOM.part`, whatever the file is to be called, so that it fits wherever its
//! final name does.
//!
//! Whoever works under such a name holds a lock on it, which the system lets go of when the process ends, however it
//! ends. A name that nobody holds was left by a process that is dead, and goes when the next one begins a file in that
//! folder.
//!
//! What another process shall go on with is `.zoetrope-HASH.download`, after what it will be. It goes only when nobody
//! has touched it for a month.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use sha2::{Digest as _, Sha256};

const PREFIX: &str = ".zoetrope-";
const ENDING: &str = ".part";
/// Hexadecimal digits of the random part.
const DIGITS: usize = 16;

const RESUMABLE: &str = ".download";
/// Hexadecimal digits of a SHA-256.
const HASH_DIGITS: usize = 64;
/// What nobody has gone on with for so long, nobody will.
const ABANDONED: Duration = Duration::from_hours(24 * 30);

/// Names are random: more than one try needs somebody who clears them away.
const TRIES: usize = 8;

/// A name that no other process has, and this one did not have before.
pub(super) fn name() -> String {
    // The standard library draws the keys of its hash maps at random, and never the same twice.
    let random = RandomState::new().build_hasher().finish();
    format!("{PREFIX}{:x}-{random:0DIGITS$x}{ENDING}", process::id())
}

/// What a file is called while it grows that will have this `name` and content of this checksum, so that others find it.
pub fn resumable_name(name: &str, checksum: &str) -> String {
    let mut digits = String::new();
    for byte in Sha256::digest(format!("{checksum} {name}")) {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    format!("{PREFIX}{digits}{RESUMABLE}")
}

fn is_resumable(name: &OsStr) -> bool {
    let name = name.to_str();
    let hash = name.and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(RESUMABLE));
    hash.is_some_and(|digits| is_hex(digits) && digits.len() == HASH_DIGITS)
}

fn is_hex(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    !text.is_empty() && text.bytes().all(is_digit)
}

/// Whether this is a temporary name of ours.
pub fn is_temporary(name: &OsStr) -> bool {
    let parts = || {
        let inner = name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(ENDING)?;
        inner.split_once('-')
    };
    parts().is_some_and(|(process, random)| {
        is_hex(process) && process.len() <= 8 && is_hex(random) && random.len() == DIGITS
    })
}

/// A new file in `folder` that this process alone has.
pub(super) fn create_file(folder: &Path) -> io::Result<(PathBuf, File)> {
    create(folder, |path| {
        // Exclusive creation never follows a link.
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).open(path)
    })
}

/// A new folder in `folder` that this process alone has, as long as the file is open.
pub(super) fn create_folder(folder: &Path) -> io::Result<(PathBuf, File)> {
    create(folder, |path| {
        fs::create_dir(path)?;
        File::open(path)
    })
}

fn create(folder: &Path, make: impl Fn(&Path) -> io::Result<File>) -> io::Result<(PathBuf, File)> {
    for _ in 0..TRIES {
        let path = folder.join(name());
        match make(&path) {
            Ok(file) if hold(&file) && is_at(&file, &path) => return Ok((path, file)),
            // Somebody who swept took it before it was locked.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Locks it. Some network drives know no locks; that is no reason not to work there.
fn hold(file: &File) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Whether `path` still leads to `file`, and not through a link.
pub fn is_at(file: &File, path: &Path) -> bool {
    let opened = file.metadata();
    let named = fs::symlink_metadata(path);
    matches!((opened, named), (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()))
}

/// Removes from `folder` what dead processes of this user left there and nobody wants, the first time that this process writes there.
pub(super) fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if swept.insert(folder.to_owned()) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let rests = if is_temporary(&name) {
                Duration::ZERO
            } else if is_resumable(&name) {
                ABANDONED
            } else {
                continue;
            };
            // What cannot be removed is in nobody's way.
            let _ = remove_unheld(&entry.path(), rests);
        }
    }
}

/// Removes a file or folder of this user that nobody holds, and that was not changed for so long.
fn remove_unheld(path: &Path, rests: Duration) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let about = file.metadata()?;
    let is_own = about.uid() == rustix::process::geteuid().as_raw();
    // What was changed in the future was so a moment ago.
    let age = about.modified()?.elapsed().unwrap_or_default();
    if !is_own || age < rests || file.try_lock().is_err() || !is_at(&file, path) {
        return Ok(());
    }
    if about.is_dir() {
        fs::remove_dir_all(path)
    } else if about.is_file() {
        fs::remove_file(path)
    } else {
        Ok(())
    }
}
