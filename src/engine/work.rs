//! One job, from its ticket to the event that ends it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::Sender;

use crate::error::Error;
use crate::job::{Event, Plan, Progress, Ticket};
use crate::pipeline::{self, Reporter};

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

/// Makes the video and says how that ended.
pub fn perform(ticket: &Ticket, plan: &Plan, outbox: &Outbox, closed: &AtomicBool) -> Event {
    let id = ticket.id;
    let stopped = || ticket.is_cancelled() || closed.load(Ordering::Relaxed);
    if stopped() {
        return Event::Cancelled { id };
    }
    outbox.send(Event::Started { id });
    let mut reporter = Reporter::new(|progress| outbox.progress(id, progress), stopped);
    // The one place where a defect is caught: it ends this job, not the thread. Nothing of the job
    // outlives it.
    match catch_unwind(AssertUnwindSafe(|| pipeline::generate(plan, &mut reporter))) {
        Ok(Ok(outcome)) => Event::Finished {
            id,
            peak_memory: outcome.peak_memory,
        },
        Ok(Err(Error::Cancelled)) => Event::Cancelled { id },
        Ok(Err(error)) => Event::Failed {
            id,
            message: error.to_string(),
        },
        Err(panic) => Event::Failed {
            id,
            message: defect(panic.as_ref()),
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
