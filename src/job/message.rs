//! What crosses the channel between the engine's thread and everybody else. No MLX array ever does.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::memory::Saving;
use super::{
    Bench, Clip, Decoding, DeviceFault, Help, JobHandle, Loss, Measurement, Plan, Problem,
    Progress, Quantizing, Record, Repeat, ResumePoint,
};

/// To the engine.
#[derive(Debug)]
pub enum Command {
    /// Make this video, after those that were asked for before.
    Generate(JobHandle, Box<Plan>),
    /// Go on with this plan, whose run folder an earlier job has left.
    Resume(JobHandle, Box<Plan>),
    /// Make a video of the latents in this file.
    Decode(JobHandle, PathBuf, Box<Decoding>),
    /// Measure these networks.
    Bench(JobHandle, Box<Bench>),
    /// Pack the DiT of a model.
    Quantize(JobHandle, Box<Quantizing>),
    /// Help another machine with a video of its.
    Help(JobHandle, Box<Help>),
    /// Compute the jobs from here on by the processor alone, or again by what MLX prefers.
    UseProcessor(bool),
    /// Keep networks in memory between jobs, until there was none for so long; or let all go after each job, as at first.
    Keep(Option<Duration>),
    /// Let go of what is kept. A job that is at work hears it only when it has ended, so the engine can be asked directly, too.
    LetGo,
    /// End the thread, after what was asked for before.
    Stop,
}

/// From the engine; `id` is the handle's.
#[derive(Debug)]
pub enum Event {
    /// What MLX computes by is not to be trusted. It comes before all else, if at all.
    Faulty(DeviceFault),
    /// So much is kept in memory from here on for jobs that come, in bytes.
    Kept(u64),
    /// Work on the job has begun.
    Started {
        /// The handle's.
        id: u64,
    },
    /// The job takes less memory than it was asked to, so that it fits.
    Fitted {
        /// The handle's.
        id: u64,
        /// How.
        savings: Vec<Saving>,
        /// Whether it was begun without that, so that from here on it is rounded otherwise.
        midway: bool,
    },
    /// The job came a little further. Newer progress tells more, so this may be left out.
    Progress {
        /// The handle's.
        id: u64,
        /// How far.
        progress: Progress,
        /// How long it has worked so far, pauses left out.
        elapsed: Duration,
    },
    /// The unit at hand is so far. It may be left out as well.
    Within {
        /// The handle's.
        id: u64,
        /// The share of the unit that is done, from 0 to 1.
        share: f32,
        /// How long the job has worked so far, pauses left out.
        elapsed: Duration,
    },
    /// A part of the job is done again.
    Again {
        /// The handle's.
        id: u64,
        /// Why.
        why: Repeat,
    },
    /// What the video will be, as far as a denoising step can tell: a frame for each latent frame, of
    /// the latents' size. It may be left out.
    Preview {
        /// The handle's.
        id: u64,
        /// The finished steps.
        step: usize,
        /// The moving preview.
        clip: Arc<Clip>,
        /// Whether the last step was taken over from an earlier one.
        reused: bool,
    },
    /// Frames of the video, as soon as they are decoded. They may be left out.
    Frames {
        /// The handle's.
        id: u64,
        /// The place of the first of them in the video.
        first: usize,
        /// Some frames.
        clip: Arc<Clip>,
    },
    /// The job waits, as its handle asks.
    Paused {
        /// The handle's.
        id: u64,
    },
    /// The job works again.
    Continued {
        /// The handle's.
        id: u64,
    },
    /// A part of a bench was measured.
    Measured {
        /// The handle's.
        id: u64,
        /// What came out.
        measurement: Measurement,
    },
    /// A network was packed, and written if it is to be kept.
    Quantized {
        /// The handle's.
        id: u64,
        /// What that did to it.
        loss: Loss,
    },
    /// The video is whole.
    Finished {
        /// The handle's.
        id: u64,
        /// How long the work took, pauses left out.
        elapsed: Duration,
        /// The most memory that MLX held at once during the job, in bytes.
        peak_memory: usize,
        /// What to put on the library; nothing for decoded latents of which nobody knows what made them.
        record: Option<Box<Record>>,
    },
    /// The job was stopped on request.
    Cancelled {
        /// The handle's.
        id: u64,
        /// What is kept of it.
        kept: Option<ResumePoint>,
    },
    /// The job could not be done.
    Failed {
        /// The handle's.
        id: u64,
        /// What went wrong.
        problem: Problem,
        /// What is kept of it.
        kept: Option<ResumePoint>,
    },
}
