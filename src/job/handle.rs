//! A *handle* is a job's number, and the way to reach the job past the queue: everybody who holds a
//! copy can pause it, stop it, or ask for what there is.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// One job. Copies belong to the same job.
#[derive(Clone, Debug)]
pub struct JobHandle {
    /// Unique while the program runs.
    pub id: u64,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

/// What was asked of the job so far.
#[expect(
    clippy::struct_excessive_bools,
    reason = "wishes that do not exclude each other"
)]
#[derive(Clone, Copy, Debug, Default)]
struct Wishes {
    cancelled: bool,
    enough: bool,
    paused: bool,
    blind: bool,
}

impl Wishes {
    /// Whether the job is to wait: not once it is to end.
    fn wait(self) -> bool {
        self.paused && !self.cancelled && !self.enough
    }
}

impl JobHandle {
    /// A handle for a new job.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            shared: Arc::default(),
        }
    }

    /// Asks the job to stop at the next opportunity.
    pub fn cancel(&self) {
        self.wish(|wishes| wishes.cancelled = true);
    }

    /// Whether the job was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.wishes().cancelled
    }

    /// Asks the job to denoise no further and to make the video of what there is. That is something
    /// from the first finished step on.
    pub fn finish_early(&self) {
        self.wish(|wishes| wishes.enough = true);
    }

    /// Whether the job was asked to make the video of what there is.
    pub fn finishes_early(&self) -> bool {
        self.wishes().enough
    }

    /// Asks the job to wait at the next opportunity. It keeps its memory, but computes nothing.
    pub fn pause(&self) {
        self.wish(|wishes| wishes.paused = true);
    }

    /// Ends a pause.
    pub fn go_on(&self) {
        self.wish(|wishes| wishes.paused = false);
    }

    /// Whether the job is to wait.
    pub fn is_paused(&self) -> bool {
        self.wishes().wait()
    }

    /// Returns when the job is not, or no longer, to wait.
    pub fn wait_while_paused(&self) {
        let waited = self
            .shared
            .changed
            .wait_while(self.wishes(), |wishes| wishes.wait());
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether the job is to show previews and frames while it works; it does unless told not to.
    pub fn set_preview(&self, show: bool) {
        self.wish(|wishes| wishes.blind = !show);
    }

    /// Whether somebody looks.
    pub fn has_preview(&self) -> bool {
        !self.wishes().blind
    }

    fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes());
        self.shared.changed.notify_all();
    }

    /// A panic elsewhere cannot leave flags half set.
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        let wishes = self.shared.wishes.lock();
        wishes.unwrap_or_else(PoisonError::into_inner)
    }
}
