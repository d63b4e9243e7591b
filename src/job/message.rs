//! What crosses the channel between the engine's thread and everybody else. No MLX array ever does.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Bench, Decoding, Kept, Measurement, Plan, Progress};

/// A job in the queue: its number and the flag that stops it, which acts past the queue.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Unique while the program runs.
    pub id: u64,
    cancelled: Arc<AtomicBool>,
}

impl Ticket {
    /// A ticket for a new job.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            cancelled: Arc::default(),
        }
    }

    /// Asks the job to stop at the next opportunity.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the job was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// To the engine.
#[derive(Debug)]
pub enum Command {
    /// Make this video, after those that were asked for before.
    Generate(Ticket, Box<Plan>),
    /// Go on with this plan, whose run folder an earlier job has left.
    Resume(Ticket, Box<Plan>),
    /// Make a video of the latents in this file.
    Decode(Ticket, PathBuf, Box<Decoding>),
    /// Measure these networks.
    Bench(Ticket, Box<Bench>),
    /// End the thread, after what was asked for before.
    Stop,
}

/// From the engine; `id` is the ticket's.
#[derive(Debug)]
pub enum Event {
    /// Work on the job has begun.
    Started {
        /// The ticket's.
        id: u64,
    },
    /// The job came a little further.
    Progress {
        /// The ticket's.
        id: u64,
        /// How far.
        progress: Progress,
    },
    /// A part of a bench was measured.
    Measured {
        /// The ticket's.
        id: u64,
        /// What came out.
        measurement: Measurement,
    },
    /// The video is whole.
    Finished {
        /// The ticket's.
        id: u64,
        /// The most memory that MLX held at once during the job, in bytes.
        peak_memory: usize,
    },
    /// The job was stopped on request.
    Cancelled {
        /// The ticket's.
        id: u64,
        /// What is kept of it.
        kept: Option<Kept>,
    },
    /// The job could not be done; `message` is a sentence for the user.
    Failed {
        /// The ticket's.
        id: u64,
        /// What went wrong and what to do.
        message: String,
    },
}
