//! One job, from its handle to the event that ends it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::clock::Clock;
use super::outbox::Outbox;
use crate::error::{Error, Result};
use crate::job::{Event, JobHandle, Plan, Problem, Record};
use crate::pipeline::{Outcome, Reporter, saved};

/// Does the `work` of a job and says how that ended. Where the work is that of a plan, what it made
/// goes on the library.
pub fn perform(
    handle: &JobHandle,
    outbox: &Outbox,
    plan: Option<&Plan>,
    work: impl FnOnce(&mut Reporter) -> Result<Outcome>,
) {
    let id = handle.id;
    if handle.is_cancelled() {
        return outbox.send(Event::Cancelled { id, kept: None });
    }
    outbox.send(Event::Started { id });
    let clock = RefCell::new(Clock::start());
    let mut reporter = Reporter::new(
        |progress| {
            let elapsed = clock.borrow_mut().note(progress);
            outbox.progress(id, progress, elapsed);
        },
        || {
            clock.borrow_mut().pause(|| wait(handle, outbox));
            handle.is_cancelled()
        },
    )
    .until(|| handle.finishes_early())
    .showing(
        || handle.has_preview(),
        |glimpse| outbox.glimpse(id, glimpse),
    );
    // The one place where a defect is caught: it ends this job, not the thread. Nothing of the job
    // outlives it.
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut reporter)));
    drop(reporter);
    outbox.send(match result {
        Ok(Ok(outcome)) => finished(id, outcome, plan, &clock.into_inner()),
        Ok(Err(error)) => ended(id, error),
        Err(panic) => {
            let why = Error::from(defect(panic.as_ref()));
            ended(
                id,
                match plan {
                    Some(plan) => saved::still_kept(plan, why),
                    None => why,
                },
            )
        }
    });
}

/// Does nothing as long as the handle asks for that, and tells so.
fn wait(handle: &JobHandle, outbox: &Outbox) {
    if handle.is_paused() {
        outbox.send(Event::Paused { id: handle.id });
        handle.wait_while_paused();
        outbox.send(Event::Continued { id: handle.id });
    }
}

fn finished(id: u64, outcome: Outcome, plan: Option<&Plan>, clock: &Clock) -> Event {
    let Outcome { info, peak_memory } = outcome;
    let elapsed = clock.elapsed();
    let record = plan.zip(info).map(|(plan, info)| Record {
        seconds: elapsed.as_secs_f64(),
        peak_memory,
        timings: clock.timings(),
        ..Record::new(plan, info)
    });
    Event::Finished {
        id,
        elapsed,
        peak_memory,
        record: record.map(Box::new),
    }
}

fn ended(id: u64, error: Error) -> Event {
    let (why, kept) = match error {
        Error::Unfinished { why, kept } => (*why, Some(kept)),
        error => (error, None),
    };
    if why.is_cancelled() {
        Event::Cancelled { id, kept }
    } else {
        log::error!("job {id} failed: {why}");
        let problem = why.problem();
        Event::Failed { id, problem, kept }
    }
}

/// What to tell about a panic.
fn defect(panic: &(dyn Any + Send)) -> Problem {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::Defect(text.unwrap_or("no more is known").to_owned())
}
