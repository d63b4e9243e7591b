//! One window at a time owns a folder of data: it holds a lock there for as long as it lives. Another start hands its
//! files over to that window, through a folder, and ends.
//!
//! The system lets go of the lock when the process ends, however it ends, or starts another program in its place. The
//! command line needs none: it works beside the window.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{self, Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use crate::disk;
use crate::error::{Error, Result};
use crate::job::Problem;
use crate::media::json;

/// How often the window looks whether something was handed over.
const OFTEN: Duration = Duration::from_millis(300);

/// The right to the folder.
#[derive(Debug)]
pub struct Instance {
    /// Where others put what they hand over.
    inbox: PathBuf,
    /// Some network drives know no locks; that is no reason not to work there.
    _lock: Option<File>,
}

impl Instance {
    /// Takes the folder of data, or hands `files` over to the window that has it; then there is no instance. That window
    /// has `patience` to take them.
    ///
    /// # Errors
    /// The other window does not answer.
    pub fn claim(data: &Path, files: &[PathBuf], patience: Duration) -> Result<Option<Self>> {
        let inbox = data.join("open");
        let start = Instant::now();
        let mut letter = None;
        loop {
            match lock(data) {
                Ok(lock) => {
                    if let Some(letter) = letter {
                        // The other window has ended without it.
                        let _ = fs::remove_file(letter);
                    }
                    return Ok(Some(Self { inbox, _lock: lock }));
                }
                Err(Taken) => match &letter {
                    None => letter = Some(hand_over(&inbox, files)?),
                    Some(letter) if !letter.exists() => return Ok(None),
                    Some(letter) if start.elapsed() > patience => {
                        // The next start takes it away otherwise.
                        let _ = fs::remove_file(letter);
                        return Err(Problem::Unanswered.into());
                    }
                    Some(_) => thread::sleep(Duration::from_millis(50)),
                },
            }
        }
    }

    /// Takes the folder of data over from a window that is about to end, if it ends in time.
    pub fn succeed(data: &Path, patience: Duration) -> Option<Self> {
        let start = Instant::now();
        loop {
            match lock(data) {
                Ok(lock) => {
                    let inbox = data.join("open");
                    return Some(Self { inbox, _lock: lock });
                }
                Err(Taken) if start.elapsed() > patience => return None,
                Err(Taken) => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// From now on `open` is given the files of other starts; none where one wants nothing but to be seen.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn listen(&self, open: impl Fn(Vec<PathBuf>) + Send + 'static) -> Result<()> {
        let inbox = self.inbox.clone();
        thread::Builder::new()
            .name("other starts".into())
            .spawn(move || {
                loop {
                    for files in letters(&inbox) {
                        open(files);
                    }
                    thread::sleep(OFTEN);
                }
            })
            .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        Ok(())
    }
}

/// Another process has the lock.
struct Taken;

/// The lock, if this system knows locks there.
fn lock(data: &Path) -> Result<Option<File>, Taken> {
    // Where nothing can be written, there is nothing to quarrel about.
    let _ = fs::create_dir_all(data);
    let Ok(file) = disk::open_lock(&data.join("window.lock")) else {
        return Ok(None);
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Taken),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// Puts down which files are to be opened, and tells where.
fn hand_over(inbox: &Path, files: &[PathBuf]) -> Result<PathBuf> {
    // The other process may work in another folder.
    let files: Vec<OsString> = files
        .iter()
        .filter_map(|file| Some(path::absolute(file).ok()?.into_os_string()))
        .collect();
    let letter = inbox.join(format!("{}.json", process::id()));
    json::write(&letter, &files)?;
    Ok(letter)
}

/// What was put down, which is gone then.
fn letters(inbox: &Path) -> Vec<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(inbox) else {
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let letters = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    let read = letters.filter_map(|letter| {
        let files: Option<Vec<OsString>> = json::read(&letter);
        // Nothing is opened twice, be it that somebody else has taken it meanwhile.
        fs::remove_file(&letter).ok()?;
        Some(files?.into_iter().map(PathBuf::from).collect())
    });
    read.collect()
}
