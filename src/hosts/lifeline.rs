//! The *lifeline* between the first machine and a process that it has started: its standard input and output. The first
//! line down says what the process is to be; then each end writes an empty line every second.
//!
//! Where lines stop coming, the other end is gone, or its system sleeps: MLX waits for both without an end. Each end counts
//! its own seconds of silence, of which none pass while it sleeps itself.

use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::job::{Problem, Transport};

/// How often each end says that it is alive.
pub(super) const BEAT: Duration = Duration::from_secs(1);

/// After so many seconds without a word from the first machine a process goes by itself.
const PATIENCE: u32 = 45;

/// What a process is to be.
#[derive(Debug, Serialize, Deserialize)]
pub struct Setup {
    /// By what the machines are connected.
    pub transport: Transport,
    /// What people call them.
    pub names: Vec<String>,
    /// Variables of the environment that MLX reads, each with its value.
    pub variables: Vec<(String, String)>,
    /// Files that MLX reads, each with the variable that names it and its content.
    pub files: Vec<(String, String)>,
    /// Whether to compute by the processor alone.
    pub cpu: bool,
}

/// Reads what this process is to be, and from then on has it go by `leave` when the one that started it is gone.
///
/// # Errors
/// Nobody has started it so.
pub fn follow(leave: impl Fn() + Send + Sync + 'static) -> Result<Setup> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|why| Error::Other(format!("The first machine says nothing: {why}")))?;
    let setup = serde_json::from_str(&line);
    let setup = setup.map_err(|_| {
        Error::Other("This command is for Zoetrope itself: use generate --hosts".into())
    })?;
    let leave = Arc::new(leave);
    let silence = Arc::new(AtomicU32::new(0));
    let (heard, gone) = (Arc::clone(&silence), Arc::clone(&leave));
    beside("lifeline in", move || {
        for line in io::stdin().lock().lines() {
            if line.is_err() {
                break;
            }
            heard.store(0, Ordering::Relaxed);
        }
        gone();
    })?;
    beside("lifeline out", move || {
        loop {
            let mut stdout = io::stdout().lock();
            let written = writeln!(stdout).and_then(|()| stdout.flush());
            drop(stdout);
            let silent = silence.fetch_add(1, Ordering::Relaxed);
            if written.is_err() || silent > PATIENCE {
                leave();
            }
            thread::sleep(BEAT);
        }
    })?;
    Ok(setup)
}

/// Does `work` on a thread of this name.
pub(super) fn beside(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = thread::Builder::new().name(name.into()).spawn(work);
    thread
        .map(drop)
        .map_err(|why| Problem::NoThread(why.to_string()).into())
}
