//! The *desk* has the ticket of the job at work on it, so that closing the engine reaches that job
//! wherever it is, paused too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::job::Ticket;

/// One ticket at a time, until it is closed.
#[derive(Debug, Default)]
pub struct Desk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed: bool,
    ticket: Option<Ticket>,
}

impl Desk {
    /// The next job. On a closed desk it is cancelled.
    pub fn take(&self, ticket: &Ticket) {
        let mut state = self.state();
        if state.closed {
            ticket.cancel();
        }
        state.ticket = Some(ticket.clone());
    }

    /// Cancels the job at work and all that come.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        if let Some(ticket) = &state.ticket {
            ticket.cancel();
        }
    }

    /// A panic elsewhere cannot leave it half changed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
