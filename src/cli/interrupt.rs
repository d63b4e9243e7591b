//! Ctrl-C, and the signals by which a system or a closing terminal ends programs. The first one asks the work at hand
//! to stop and to tidy up; the second one ends the program at once, and so does the first where there is nothing to stop.
//!
//! The thread that hears them never waits: nothing that it does can keep a second one from being heard.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::json;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{print_json, say};
use crate::engine::exit;
use crate::error::{Error, Result};

/// How long a program that the system ends may take to tidy up. Nobody is there to press Ctrl-C again.
const GRACE: Duration = Duration::from_secs(10);

/// How long the last words may take when the program ends at once: whoever reads them may have stopped reading.
const LAST_WORDS: Duration = Duration::from_millis(200);

type Action = Box<dyn FnMut() + Send>;

/// The work that can be asked to stop.
static WORK: Mutex<Option<Action>> = Mutex::new(None);

/// The signal that came first; 0 before.
static FIRST: AtomicI32 = AtomicI32::new(0);

/// Whether programs read the standard output.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Whether the object is written that ends the standard output.
static IS_TOLD: Mutex<bool> = Mutex::new(false);

/// Listens from here on. With `json` the standard output ends with an object, also when a signal ends the program.
///
/// # Errors
/// The system does not let signals be heard.
pub fn listen(json: bool) -> Result<()> {
    IS_JSON.store(json, Ordering::Relaxed);
    let unheard = |error: io::Error| Error::Other(format!("Ctrl-C cannot be watched: {error}"));
    // `nohup` starts programs so that they outlive the terminal.
    let outlives = is_ignored(SIGHUP);
    let heard = [Some(SIGINT), Some(SIGTERM), (!outlives).then_some(SIGHUP)];
    let mut signals = Signals::new(heard.into_iter().flatten()).map_err(unheard)?;
    let hear = move || signals.forever().for_each(came);
    let thread = thread::Builder::new().name("signals".into()).spawn(hear);
    thread.map(drop).map_err(unheard)
}

/// From here on the first signal does this.
pub fn on_stop(action: impl FnMut() + Send + 'static) {
    *work() = Some(Box::new(action));
}

/// Set by the first signal, for work on files that ends at the next opportunity and leaves nothing behind.
pub fn flag() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    on_stop(move || flag.store(true, Ordering::Relaxed));
    stopped
}

/// The exit code of a program that was stopped: 128 and the signal, as a shell would have it.
pub fn code() -> u8 {
    code_of(FIRST.load(Ordering::Relaxed))
}

/// Writes the object that ends the standard output, unless there was one already.
pub fn last_words(json: &str) {
    // Held until it is out, so that nobody ends the program before.
    let mut is_told = IS_TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_told {
        *is_told = true;
        // That nobody reads it any more is no error.
        let _ = print_json(json);
    }
}

/// What a signal does.
fn came(signal: i32) {
    let is_first = FIRST.compare_exchange(0, signal, Ordering::Relaxed, Ordering::Relaxed);
    let mut work = work();
    match work.as_mut() {
        Some(stop) if is_first.is_ok() => stop(),
        _ => end_at_once(signal),
    }
    drop(work);
    if signal == SIGINT {
        beside(announce);
    } else {
        beside(move || {
            thread::sleep(GRACE);
            end_at_once(signal);
        });
    }
}

/// Tells whoever pressed Ctrl-C that it was heard.
fn announce() {
    if io::stderr().is_terminal() {
        say(""); // leaves the line with the bar and the terminal's own ^C
    }
    say("Stopping; press Ctrl-C again to stop at once");
}

fn end_at_once(signal: i32) -> ! {
    if IS_JSON.load(Ordering::Relaxed) {
        let (done, is_done) = channel();
        beside(move || {
            last_words(&json!({ "event": "cancelled" }).to_string());
            // The other end goes when this has taken too long.
            let _ = done.send(());
        });
        // Said or not, the program ends now.
        let _ = is_done.recv_timeout(LAST_WORDS);
    }
    exit::leave_at_once(code_of(signal))
}

/// Does it without being waited for. Where there is no thread to spare, the program ends without it.
fn beside(work: impl FnOnce() + Send + 'static) {
    let _ = thread::Builder::new().spawn(work);
}

fn code_of(signal: i32) -> u8 {
    match signal {
        SIGTERM => 143,
        SIGHUP => 129,
        _ => 130,
    }
}

/// A panic elsewhere cannot leave it half changed.
fn work() -> std::sync::MutexGuard<'static, Option<Action>> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether whoever started the program wants it to take no notice of a signal.
#[expect(unsafe_code, reason = "the standard library does not tell")]
fn is_ignored(signal: i32) -> bool {
    // SAFETY: all zeros are a valid `sigaction`, and with a null pointer for the new one nothing is changed.
    unsafe {
        let mut current: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut current) == 0
            && current.sa_sigaction == libc::SIG_IGN
    }
}
