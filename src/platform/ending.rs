//! What asks the program to end from outside: Ctrl-C in its terminal, the system, a terminal that closes.

use std::io;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::{Error, Result};

/// From here on `asked` is called, on a thread of its own, whenever the program is asked to end, and told whether that is
/// the first time. A program that was started to outlive its terminal, as by `nohup`, does so.
///
/// # Errors
/// The system does not let signals be heard.
pub fn on_end(asked: impl Fn(bool) + Send + 'static) -> Result<()> {
    let unheard = |error: io::Error| Error::Other(format!("Signals cannot be watched: {error}"));
    let mut heard = vec![SIGINT, SIGTERM];
    heard.extend((!is_ignored(SIGHUP)).then_some(SIGHUP));
    let mut signals = Signals::new(heard).map_err(unheard)?;
    let hear = move || {
        for (place, _) in signals.forever().enumerate() {
            asked(place == 0);
        }
    };
    let thread = thread::Builder::new().name("signals".into()).spawn(hear);
    thread.map(drop).map_err(unheard)
}

/// Whether whoever started the program wants it to take no notice of this signal.
#[expect(unsafe_code, reason = "the standard library does not tell")]
fn is_ignored(signal: i32) -> bool {
    // SAFETY: all zeros are a valid `sigaction`, and without a new one nothing is changed.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let told = libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0;
        told && action.sa_sigaction == libc::SIG_IGN
    }
}
