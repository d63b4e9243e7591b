//! One job, from its ticket to the event that ends it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::Sender;

use crate::error::{Error, Result};
use crate::job::{Event, Progress, Ticket};
use crate::pipeline::{Outcome, Reporter};

/// Progress is not sent while more events than this wait to be read.
const BACKLOG: usize = 64;

/// Where events leave the thread.
pub struct Outbox {
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
}

impl Outbox {
    /// Events go to `events`, and whoever reads them is woken.
    pub fn new(events: Sender<Event>, wake: impl Fn() + Send + 'static) -> Self {
        Self {
            events,
            wake: Box::new(wake),
        }
    }

    /// Sends what must arrive.
    pub fn send(&self, event: Event) {
        // It fails only when the engine is being dropped, and then nobody wants to know.
        let _ = self.events.send(event);
        (self.wake)();
    }

    /// Sends progress, unless the reader lags behind: newer progress will tell more.
    fn progress(&self, id: u64, progress: Progress) {
        if self.events.len() < BACKLOG {
            self.send(Event::Progress { id, progress });
        }
    }
}

/// Does the `work` of a job and says how that ended.
pub fn perform(
    ticket: &Ticket,
    outbox: &Outbox,
    closed: &AtomicBool,
    work: impl FnOnce(&mut Reporter) -> Result<Outcome>,
) {
    let id = ticket.id;
    let stopped = || ticket.is_cancelled() || closed.load(Ordering::Relaxed);
    if stopped() {
        return outbox.send(Event::Cancelled { id, kept: None });
    }
    outbox.send(Event::Started { id });
    let mut reporter = Reporter::new(|progress| outbox.progress(id, progress), stopped);
    // The one place where a defect is caught: it ends this job, not the thread. Nothing of the job
    // outlives it.
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut reporter)));
    outbox.send(match result {
        Ok(result) => end(id, result),
        Err(panic) => Event::Failed {
            id,
            message: defect(panic.as_ref()),
        },
    });
}

/// The event that ends a job.
fn end(id: u64, result: Result<Outcome>) -> Event {
    match result {
        Ok(Outcome { peak_memory }) => Event::Finished { id, peak_memory },
        Err(Error::Cancelled) => Event::Cancelled { id, kept: None },
        Err(Error::Unfinished { why, kept }) if why.is_cancelled() => {
            let kept = Some(kept);
            Event::Cancelled { id, kept }
        }
        Err(error) => Event::Failed {
            id,
            message: error.to_string(),
        },
    }
}

/// What to tell about a panic.
fn defect(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "The job stopped because of a defect in the program, please report it: {}",
        text.unwrap_or("no more is known")
    )
}
