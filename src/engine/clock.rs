//! How long a job has worked. Pauses are no work.

use std::time::{Duration, Instant};

use crate::job::{Progress, Stopwatch, Timings};

/// The clock of one job.
#[derive(Clone)]
pub struct Clock {
    start: Instant,
    idle: Duration,
    stopwatch: Stopwatch,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            idle: Duration::ZERO,
            stopwatch: Stopwatch::default(),
        }
    }

    /// The work so far.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed().saturating_sub(self.idle)
    }

    /// Takes note of `progress`, and tells the work so far.
    pub fn note(&mut self, progress: Progress) -> Duration {
        let elapsed = self.elapsed();
        self.stopwatch.note(progress, elapsed);
        elapsed
    }

    /// So much of the time was no work.
    pub fn rested(&mut self, idle: Duration) {
        self.idle += idle;
    }

    /// What each stage took.
    pub fn timings(&self) -> Timings {
        self.stopwatch.timings()
    }
}
