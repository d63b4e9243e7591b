//! The *meter* counts the bytes of a download on all its threads, and stops them.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::job::DownloadProgress;

/// The rate is that of the last seconds.
const WINDOW: Duration = Duration::from_secs(10);

/// Shared by all threads of a download.
#[derive(Debug, Default)]
pub struct ProgressMeter {
    done: AtomicU64,
    stopped: AtomicBool,
}

impl ProgressMeter {
    /// So many bytes are there already.
    pub fn new(done: u64) -> Self {
        Self {
            done: AtomicU64::new(done),
            stopped: AtomicBool::new(false),
        }
    }

    /// So many bytes more are there.
    ///
    /// # Errors
    /// The download was stopped.
    pub fn add(&self, bytes: u64) -> Result<()> {
        let more = |done: u64| Some(done.saturating_add(bytes));
        // It never refuses.
        let _ = self
            .done
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        self.check()
    }

    /// So many of those that were there have to come again.
    pub fn take_back(&self, bytes: u64) {
        let less = |done: u64| Some(done.saturating_sub(bytes));
        // It never refuses.
        let _ = self
            .done
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Ends the work of every thread at the next opportunity.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether work may go on.
    ///
    /// # Errors
    /// The download was stopped.
    pub fn check(&self) -> Result<()> {
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        Ok(())
    }

    /// The bytes that are there.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }
}

/// Looks at a meter again and again.
pub struct Watch<'a> {
    meter: &'a ProgressMeter,
    of: u64,
    seen: VecDeque<(Instant, u64)>,
}

impl<'a> Watch<'a> {
    pub fn new(meter: &'a ProgressMeter, of: u64) -> Self {
        Self {
            meter,
            of,
            seen: VecDeque::new(),
        }
    }

    /// How far it is.
    pub fn look(&mut self) -> DownloadProgress {
        let (now, done) = (Instant::now(), self.meter.done());
        self.seen.push_back((now, done));
        while self.seen.len() > 2 && now - self.seen[0].0 > WINDOW {
            self.seen.pop_front();
        }
        let (since, before) = self.seen[0];
        let seconds = (now - since).as_secs_f64();
        let bytes = done.saturating_sub(before) as f64;
        DownloadProgress {
            done,
            of: self.of,
            bytes_per_second: if seconds > 0.0 {
                (bytes / seconds) as u64
            } else {
                0
            },
        }
    }
}
