//! The *engine* is the one thread that owns MLX. Commands go down to it, events come up; nobody
//! else computes. Where the GPU fails it, another thread takes its place.

pub mod advice;
mod between;
mod clock;
mod current_job;
pub mod device;
pub mod estimates;
pub mod exit;
pub mod memory;
pub mod metal;
mod outbox;
pub mod outlook;
pub mod probe;
mod run_job;
pub mod self_test;
pub mod survey;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

pub use crate::backend::metal::set_window_visible;
use crate::error::{Error, Result};
use crate::job::{Command, DeviceFault, Event, Problem};
pub use crate::pipeline::{planned_passes, step_costs};
pub use between::Between;
use current_job::CurrentJob;
use outbox::Outbox;
use worker::Worker;

pub use crate::pipeline::{CutPrompt, cut_prompts, saved};

/// The two ends of the engine's channels. Dropping it stops the job at hand and waits for the
/// thread.
#[derive(Debug)]
pub struct Engine {
    /// Jobs go in here and wait for their turn.
    pub commands: Sender<Command>,
    /// What becomes of them comes out here.
    pub events: Receiver<Event>,
    current_job: Arc<CurrentJob>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread, which looks first whether this machine computes as it should. It calls `wake`
    /// after each event that it sends.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start(wake: impl Fn() + Send + 'static) -> Result<Self> {
        Self::start_after(self_test::fault, wake)
    }

    /// [`start`](Self::start) with another `checkup`.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start_after(
        checkup: impl FnOnce() -> Option<DeviceFault> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        Self::start_with(checkup, Between::default(), wake)
    }

    /// [`start_after`](Self::start_after) with something that is asked between two dispatches.
    ///
    /// # Errors
    /// The system has no thread to spare.
    pub fn start_with(
        checkup: impl FnOnce() -> Option<DeviceFault> + Send + 'static,
        between: Between,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self> {
        let (commands, inbox) = unbounded();
        let (outbox, events) = unbounded();
        let current_job = Arc::new(CurrentJob::default());
        let worker = Worker {
            inbox,
            outbox: Outbox::new(outbox, wake),
            current_job: Arc::clone(&current_job),
            between,
        };
        let thread = thread::Builder::new()
            .name("inference".into())
            .spawn(move || supervise(&worker, checkup))
            .map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        Ok(Self {
            commands,
            events,
            current_job,
            thread: Some(thread),
        })
    }
}

impl Engine {
    /// Asks the job at hand to stop and all that come after it not to begin, waits so long for the thread to end, and
    /// tells whether it has. What it had to say until then is among its events.
    ///
    /// MLX cannot be interrupted in a dispatch. Whoever cannot wait for its end leaves by [`exit::leave_at_once`].
    pub fn stop(&self, patience: Duration) -> bool {
        self.current_job.close();
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        let start = Instant::now();
        let has_ended = || self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        while !has_ended() && start.elapsed() < patience {
            thread::sleep(Duration::from_millis(5));
        }
        has_ended()
    }
}

/// Threads that compute, one after the other: a new one comes where the GPU did not finish what the one before it did.
fn supervise(worker: &Worker, checkup: impl FnOnce() -> Option<DeviceFault> + Send + 'static) {
    let mut checkup = Some(checkup);
    let mut left = None;
    loop {
        let (next, own) = (worker.clone(), checkup.take());
        let kept = Arc::new(Mutex::new(left.take()));
        let again = Arc::clone(&kept);
        let work = move || {
            let again = again.lock().unwrap_or_else(PoisonError::into_inner).take();
            next.run(again, own)
        };
        let thread = thread::Builder::new().name("inference".into()).spawn(work);
        left = match thread.map(JoinHandle::join) {
            Ok(Ok(left)) => left,
            Ok(Err(_)) => None,
            Err(_) => {
                let again = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
                return again.map_or((), |again| worker.give_up(&again));
            }
        };
        if left.is_none() {
            return;
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.current_job.close();
        // The thread may have ended already, and then there is nothing to stop.
        let _ = self.commands.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in it is in the log already.
            let _ = thread.join();
        }
    }
}
