//! A *temporary name* is `.zoetrope-PROCESS-RANDOM.part`, whatever the file is to be called, so that it fits wherever its
//! final name does.
//!
//! Whoever works under such a name holds a lock on it, which the system lets go of when the process ends, however it
//! ends. A name that nobody holds was left by a process that is dead, and goes when the next one begins a file in that
//! folder.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};

const PREFIX: &str = ".zoetrope-";
const ENDING: &str = ".part";
/// Hexadecimal digits of the random part.
const DIGITS: usize = 16;

/// Names are random: more than one try needs somebody who clears them away.
const TRIES: usize = 8;

/// A name that no other process has, and this one did not have before.
pub(super) fn name() -> String {
    // The standard library draws the keys of its hash maps at random, and never the same twice.
    let random = RandomState::new().build_hasher().finish();
    format!("{PREFIX}{:x}-{random:0DIGITS$x}{ENDING}", process::id())
}

/// Whether this is a temporary name of ours.
pub fn is_temporary(name: &OsStr) -> bool {
    let is_hex = |text: &str| {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        !text.is_empty() && text.bytes().all(is_digit)
    };
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

/// Removes from `folder` what dead processes of this user left there, the first time that this process writes there.
pub(super) fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if swept.insert(folder.to_owned()) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| is_temporary(&entry.file_name())) {
            // What cannot be removed is in nobody's way.
            let _ = remove_unheld(&entry.path());
        }
    }
}

fn remove_unheld(path: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let about = file.metadata()?;
    let is_own = about.uid() == rustix::process::geteuid().as_raw();
    if !is_own || file.try_lock().is_err() || !is_at(&file, path) {
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
