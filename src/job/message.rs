//! What crosses the channel between the engine's thread and everybody else. No MLX array ever does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::memory::Saving;
use super::{
    Bench, Clip, Decoding, Fault, Kept, Loss, Measurement, Plan, Progress, Quantizing, Record,
    Ticket,
};

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
    /// Pack the DiT of a model.
    Quantize(Ticket, Box<Quantizing>),
    /// Compute the jobs from here on by the processor alone, or again by what MLX prefers.
    UseProcessor(bool),
    /// End the thread, after what was asked for before.
    Stop,
}

/// From the engine; `id` is the ticket's.
#[derive(Debug)]
pub enum Event {
    /// What MLX computes by is not to be trusted. It comes before all else, if at all.
    Faulty(Fault),
    /// Work on the job has begun.
    Started {
        /// The ticket's.
        id: u64,
    },
    /// The job takes less memory than it was asked to, so that it fits.
    Fitted {
        /// The ticket's.
        id: u64,
        /// How.
        savings: Vec<Saving>,
        /// Whether it was begun without that, so that from here on it is rounded otherwise.
        midway: bool,
    },
    /// The job came a little further. Newer progress tells more, so this may be left out.
    Progress {
        /// The ticket's.
        id: u64,
        /// How far.
        progress: Progress,
        /// How long it has worked so far, pauses left out.
        elapsed: Duration,
    },
    /// What the video will be, as far as a denoising step can tell: a frame for each latent frame, of
    /// the latents' size. It may be left out.
    Preview {
        /// The ticket's.
        id: u64,
        /// The finished steps.
        step: usize,
        /// The moving preview.
        clip: Arc<Clip>,
    },
    /// Frames of the video, as soon as they are decoded. They may be left out.
    Frames {
        /// The ticket's.
        id: u64,
        /// The place of the first of them in the video.
        first: usize,
        /// Some frames.
        clip: Arc<Clip>,
    },
    /// The job waits, as its ticket asks.
    Paused {
        /// The ticket's.
        id: u64,
    },
    /// The job works again.
    Continued {
        /// The ticket's.
        id: u64,
    },
    /// A part of a bench was measured.
    Measured {
        /// The ticket's.
        id: u64,
        /// What came out.
        measurement: Measurement,
    },
    /// A network was packed, and written if it is to be kept.
    Packed {
        /// The ticket's.
        id: u64,
        /// What that did to it.
        loss: Loss,
    },
    /// The video is whole.
    Finished {
        /// The ticket's.
        id: u64,
        /// How long the work took, pauses left out.
        elapsed: Duration,
        /// The most memory that MLX held at once during the job, in bytes.
        peak_memory: usize,
        /// What to put on the shelf; nothing for decoded latents of which nobody knows what made them.
        record: Option<Box<Record>>,
    },
    /// The job was stopped on request.
    Cancelled {
        /// The ticket's.
        id: u64,
        /// What is kept of it.
        kept: Option<Kept>,
    },
    /// The job could not be done.
    Failed {
        /// The ticket's.
        id: u64,
        /// What went wrong and what to do, as a sentence for the user.
        message: String,
        /// What is kept of it.
        kept: Option<Kept>,
    },
}
