//! Looks after a job that other machines help with, while MLX may wait for them without an end.

use std::thread;
use std::time::{Duration, Instant};

use super::together::Together;
use crate::engine::team_is_complete;
use crate::error::Error;
use crate::hosts::Crew;
use crate::job::{JobHandle, MachineFault, Problem};

/// How often.
pub const LOOK: Duration = Duration::from_millis(200);

/// So long a machine that is lost may take to be missed by MLX, which then ends the job properly.
const MISSED: Duration = Duration::from_secs(10);

/// So long a job that was asked to stop may take until its helpers are let go, which ends what waits for them.
const STOPPING: Duration = Duration::from_secs(4);

/// So long machines that somebody else starts may take to come.
const MEETING: Duration = Duration::from_secs(50);

/// So long it takes until it is known which machine MLX misses.
const KNOWN: Duration = Duration::from_secs(3);

/// What is known of the job and of its helpers.
pub struct Lookout<'a> {
    together: &'a Together,
    handle: JobHandle,
    begun: Instant,
    lost: Option<Instant>,
    cancelled: Option<Instant>,
}

impl<'a> Lookout<'a> {
    /// At the job's beginning.
    pub fn new(together: &'a Together, handle: JobHandle) -> Self {
        Self {
            together,
            handle,
            begun: Instant::now(),
            lost: None,
            cancelled: None,
        }
    }

    /// Why the job has to end now, whatever its thread is doing, if it has to.
    pub fn look(&mut self) -> Option<Error> {
        if self.together.is_launched() && !team_is_complete() && self.begun.elapsed() > MEETING {
            let why = "it has not come".to_owned();
            return Some(self.together.other(MachineFault::Unreachable(why)).into());
        }
        let crew = self.together.crew.as_ref()?;
        if self.handle.is_cancelled() {
            let since = *self.cancelled.get_or_insert_with(Instant::now);
            if since.elapsed() > STOPPING {
                crew.end();
            }
            return (since.elapsed() > STOPPING + MISSED).then_some(Error::Cancelled);
        }
        let problem = crew.lost()?;
        let since = *self.lost.get_or_insert_with(Instant::now);
        (since.elapsed() > MISSED).then(|| problem.into())
    }

    /// What went wrong, where the job has failed with this: which machine, where MLX only says that one is gone.
    pub fn told(&self, problem: Problem) -> Error {
        let Problem::Mlx(text) = &problem else {
            return problem.into();
        };
        if !["[ring]", "[jaccl]", "[nccl]", "[distributed]"]
            .iter()
            .any(|name| text.contains(name))
        {
            return problem.into();
        }
        if self.handle.is_cancelled() {
            return Error::Cancelled;
        }
        let start = Instant::now();
        let is_known = || self.together.crew.as_ref().and_then(Crew::lost).is_some();
        while self.together.crew.is_some() && !is_known() && start.elapsed() < KNOWN {
            thread::sleep(LOOK);
        }
        self.together.gone().into()
    }
}
