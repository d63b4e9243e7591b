//! One job, from its handle to the event that ends it.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::between::Between;
use super::clock::Clock;
use super::outbox::Outbox;
use crate::backend::thread::pooled;
use crate::error::{Error, Result};
use crate::job::{Event, JobHandle, Plan, Problem, Record, Repeat};
use crate::pipeline::{Outcome, Reporter, Watch, saved, watched};

/// A job that the GPU did not finish. Nobody knows yet.
pub struct Broken {
    /// What went wrong.
    pub error: Error,
    /// How long it has worked: it goes on where it stands.
    pub clock: Clock,
}

/// Where a job is told of, and how it is asked.
#[derive(Clone)]
pub struct Telling {
    pub handle: JobHandle,
    pub outbox: Outbox,
    pub between: Between,
}

impl Telling {
    /// Does the `work` of a job and tells how that ended, but where the GPU broke it off. Where the work is that of a plan, what it made goes on the
    /// library. With a `clock` the job was begun before.
    pub fn perform(
        &self,
        plan: Option<&Plan>,
        clock: Option<Clock>,
        work: impl FnOnce(&mut Reporter) -> Result<Outcome>,
    ) -> Option<Broken> {
        let id = self.handle.id;
        if self.handle.is_cancelled() && clock.is_none() {
            self.outbox.send(Event::Cancelled { id, kept: None });
            return None;
        }
        if clock.is_none() {
            self.outbox.send(Event::Started { id });
        }
        let clock = Rc::new(RefCell::new(clock.unwrap_or_else(Clock::start)));
        // The one place where a defect is caught: it ends this job, not the thread. Nothing of the job outlives it.
        let result = catch_unwind(AssertUnwindSafe(|| {
            let watcher = Watcher {
                telling: self.clone(),
                clock: Rc::clone(&clock),
            };
            let mut reporter = self.reporter(&clock);
            watched(Rc::new(watcher), || pooled(|| work(&mut reporter)))
        }));
        let clock = Rc::unwrap_or_clone(clock).into_inner();
        let event = match result {
            Ok(Ok(outcome)) => finished(id, outcome, plan, &clock),
            Ok(Err(error)) if error.gpu_fault().is_some() => {
                return Some(Broken { error, clock });
            }
            Ok(Err(error)) => ended(id, error),
            Err(panic) => {
                let why = Error::from(defect(panic.as_ref()));
                let kept = plan.map(|plan| saved::still_kept(plan, defect(panic.as_ref()).into()));
                ended(id, kept.unwrap_or(why))
            }
        };
        self.outbox.send(event);
        None
    }

    fn reporter<'a>(&'a self, clock: &'a RefCell<Clock>) -> Reporter<'a> {
        let Self { handle, outbox, .. } = self;
        let id = handle.id;
        Reporter::new(
            move |progress| {
                let elapsed = clock.borrow_mut().note(progress);
                outbox.progress(id, progress, elapsed);
            },
            || self.wait(clock),
        )
        .until(|| handle.finishes_early())
        .showing(
            || handle.has_preview(),
            move |glimpse| outbox.glimpse(id, glimpse),
        )
        .repeating(move |why| self.again(why))
    }

    /// Does nothing as long as the handle asks for that, and tells so; then tells whether it asks for an end.
    fn wait(&self, clock: &RefCell<Clock>) -> bool {
        let Self { handle, outbox, .. } = self;
        if handle.is_paused() {
            let id = handle.id;
            clock.borrow_mut().pause(|| {
                outbox.send(Event::Paused { id });
                handle.wait_while_paused();
                outbox.send(Event::Continued { id });
            });
        }
        handle.is_cancelled()
    }

    /// Tells that a part of the job is done again.
    pub fn again(&self, why: Repeat) {
        let id = self.handle.id;
        self.outbox.send(Event::Again { id, why });
    }

    /// Tells that the job ended early.
    pub fn end(&self, error: Error) {
        self.outbox.send(ended(self.handle.id, error));
    }
}

/// Asks the handle between two dispatches, and tells how far a step is.
struct Watcher {
    telling: Telling,
    clock: Rc<RefCell<Clock>>,
}

impl Watch for Watcher {
    fn go_on(&self) -> Result<()> {
        self.telling.between.ask()?;
        if self.telling.wait(&self.clock) {
            return Err(Error::Cancelled);
        }
        Ok(())
    }

    fn done(&self, share: f32) {
        let elapsed = self.clock.borrow().elapsed();
        let id = self.telling.handle.id;
        self.telling.outbox.within(id, share, elapsed);
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
