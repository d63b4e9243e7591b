//! A *refusal* is what a request is answered with that cannot be carried out.

use std::fmt;

use super::QuantBits;

/// The part of a request that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The prompt.
    Prompt,
    /// The first frame.
    Image,
    /// The last frame.
    LastImage,
    /// The video that leads, or how strongly.
    Video,
    /// Its mask.
    Mask,
    /// The reference pictures.
    References,
    /// The size or the area.
    Size,
    /// The number of frames.
    Frames,
    /// The frame rate.
    Fps,
    /// The number of steps.
    Steps,
    /// The guidance scale.
    Guidance,
    /// The shift.
    Shift,
    /// The LoRAs.
    Loras,
    /// The memory that it takes.
    Memory,
    /// The output file.
    Output,
}

/// Why a request cannot be carried out, and what could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where the reason is shown.
    pub field: Field,
    /// One sentence: what is wrong and what to do.
    pub message: String,
    /// What would do, where that can be asked for in one word.
    pub remedy: Option<Remedy>,
}

/// A change to a request that lets it be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The weights of the DiT's large matrices packed into so many bits.
    Pack(QuantBits),
    /// So many frames.
    Frames(u32),
}

impl Refusal {
    /// What one sentence says.
    pub fn new(field: Field, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
            remedy: None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

pub(super) fn refuse<T>(field: Field, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(field, message))
}
