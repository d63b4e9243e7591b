//! The *`current_job`* has the handle of the job at work on it, so that closing the engine reaches that job
//! wherever it is, paused too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::job::JobHandle;

/// One handle at a time, until it is closed.
#[derive(Debug, Default)]
pub struct CurrentJob(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed: bool,
    handle: Option<JobHandle>,
}

impl CurrentJob {
    /// The next job. On a closed `current_job` it is cancelled.
    pub fn take(&self, handle: &JobHandle) {
        let mut state = self.state();
        if state.closed {
            handle.cancel();
        }
        state.handle = Some(handle.clone());
    }

    /// Cancels the job at work and all that come.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        if let Some(handle) = &state.handle {
            handle.cancel();
        }
    }

    /// A panic elsewhere cannot leave it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
