//! Waiting for something that may never come, in a way that can be ended at any moment.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::job::Problem;

/// Says whether to go on: an error of its ends the wait.
pub type GoOn<'a> = &'a mut dyn FnMut() -> Result<()>;

/// How long it may take to notice that a wait is to end.
const NAP: Duration = Duration::from_millis(50);

/// The next thing that comes; nothing if none will.
///
/// # Errors
/// That of `go_on`.
pub fn next<T>(coming: &Receiver<T>, go_on: GoOn) -> Result<Option<T>> {
    loop {
        go_on()?;
        match coming.recv_timeout(NAP) {
            Ok(it) => return Ok(Some(it)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}

/// Lets time pass.
///
/// # Errors
/// That of `go_on`.
pub fn pause(time: Duration, go_on: GoOn) -> Result<()> {
    let end = Instant::now() + time;
    while let Some(rest) = end.checked_duration_since(Instant::now()) {
        go_on()?;
        thread::sleep(rest.min(NAP));
    }
    go_on()
}

/// What `work` makes of something slow, as a disk in a network is. Nobody waits for its end once `go_on` wants no more.
///
/// # Errors
/// That of `go_on`, or there is no thread to spare.
pub fn beside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    go_on: GoOn,
) -> Result<T> {
    let (sender, made) = channel();
    let work = move || {
        // Nobody may be waiting any more.
        let _ = sender.send(work());
    };
    let thread = thread::Builder::new().name("download".into()).spawn(work);
    thread.map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
    let defect = || Problem::Defect("the models of this machine cannot be listed".into());
    next(&made, go_on)?.ok_or_else(|| defect().into())
}
