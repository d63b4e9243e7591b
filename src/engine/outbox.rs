//! Where events leave the thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::Sender;

use crate::job::memory::Saving;
use crate::job::{Event, Progress};
use crate::pipeline::Glimpse;

/// Progress is not sent while more events than this wait to be read.
const BACKLOG: usize = 64;

/// The same for pictures, which take megabytes.
const BACKLOG_OF_PICTURES: usize = 8;

/// The engine's end of the channel.
#[derive(Clone)]
pub struct Outbox {
    events: Sender<Event>,
    wake: Arc<Mutex<dyn Fn() + Send>>,
}

impl Outbox {
    /// Events go to `events`, and whoever reads them is woken.
    pub fn new(events: Sender<Event>, wake: impl Fn() + Send + 'static) -> Self {
        Self {
            events,
            wake: Arc::new(Mutex::new(wake)),
        }
    }

    /// Sends what must arrive.
    pub fn send(&self, event: Event) {
        // It fails only when the engine is being dropped, and then nobody wants to know.
        let _ = self.events.send(event);
        (self.wake.lock().unwrap_or_else(PoisonError::into_inner))();
    }

    /// Tells what a job does to fit into memory, if it does anything.
    pub fn fitted(&self, id: u64, savings: Vec<Saving>, midway: bool) {
        if !savings.is_empty() {
            self.send(Event::Fitted {
                id,
                savings,
                midway,
            });
        }
    }

    /// Sends progress, unless the reader lags behind: newer progress will tell more.
    pub fn progress(&self, id: u64, progress: Progress, elapsed: Duration) {
        if self.events.len() < BACKLOG {
            self.send(Event::Progress {
                id,
                progress,
                elapsed,
            });
        }
    }

    /// Tells how far the unit at hand is, on the same condition.
    pub fn within(&self, id: u64, share: f32, elapsed: Duration) {
        if self.events.len() < BACKLOG {
            self.send(Event::Within { id, share, elapsed });
        }
    }

    /// Sends something to see, unless the reader lags behind.
    pub fn glimpse(&self, id: u64, glimpse: Glimpse) {
        if self.events.len() < BACKLOG_OF_PICTURES {
            self.send(match glimpse {
                Glimpse::Preview(step, clip, reused) => Event::Preview {
                    id,
                    step,
                    clip: Arc::new(clip),
                    reused,
                },
                Glimpse::Frames(first, clip) => Event::Frames {
                    id,
                    first,
                    clip: Arc::new(clip),
                },
            });
        }
    }
}
