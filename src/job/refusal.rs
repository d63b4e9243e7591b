//! A *refusal* is what a request is answered with that cannot be carried out.
//!
//! It is data: `words/` says it, in the language of whoever reads it.

use std::path::PathBuf;

use super::{Guidance, Problem, QuantBits, Size, Variant};

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

/// Why a request cannot be carried out, with what is needed to say what could be.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// There is no prompt.
    NoPrompt,
    /// The model takes no pictures.
    TakesNoPicture(Variant),
    /// The model needs a picture.
    NeedsPicture(Variant),
    /// A picture of this size has no place in a video of whole tokens.
    PictureTooNarrow(Size),
    /// The model takes no picture to end with.
    TakesNoLastPicture(Variant),
    /// The model needs a picture to end with.
    NeedsLastPicture(Variant),
    /// The model takes no video to follow or to change.
    TakesNoVideo(Variant),
    /// The model needs one.
    NeedsVideo(Variant),
    /// The model takes no mask.
    TakesNoMask(Variant),
    /// The model takes fewer reference pictures, or none.
    TooManyReferences(Variant),
    /// How strongly a video leads is infinite or no number.
    GuideStrength,
    /// The model knows no such strength.
    TakesNoStrength(Variant),
    /// A single frame cannot be two pictures.
    LastPictureOfOneFrame,
    /// A number is too large, too small, or between those that work.
    OutOfRange(OutOfRange),
    /// The guidance is infinite or no number.
    GuidanceNotFinite,
    /// Two scales for one network.
    GuidanceForTwo(Guidance),
    /// The strength of this LoRA is infinite or no number.
    LoraStrength(PathBuf),
    /// This LoRA is far stronger than it was trained for.
    LoraTooStrong {
        /// The file.
        file: PathBuf,
        /// What was asked for.
        strength: f64,
        /// The most.
        most: f64,
    },
    /// This LoRA is for one of two experts, and the model has only one.
    LoraForTwo(PathBuf),
    /// A LoRA cannot be read, or does not fit the model.
    LoraUnusable(Box<Problem>),
    /// It needs more memory than there is, in bytes.
    Memory {
        /// What is needed.
        needed: u64,
        /// What may be used.
        most: u64,
        /// Whether the user said so, or the machine has no more.
        is_limited: bool,
        /// What would do.
        advice: Advice,
    },
    /// The latents have other channels than those of the model.
    OtherLatents {
        /// Those of the latents.
        channels: i32,
        /// The model's name.
        model: String,
        /// Those of its latents.
        expected: u32,
    },
    /// The video cannot have this name.
    OutputName(PathBuf),
    /// Something that has no words of its own yet, in English.
    Other(Field, String),
}

/// A number that cannot work, with those that can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutOfRange {
    /// The area is below the least, both in pixels.
    AreaTooSmall {
        /// What was asked for.
        area: u64,
        /// What the model needs.
        least: u64,
    },
    /// It is larger than any video, lying or standing.
    SizeTooLarge {
        /// What was asked for.
        size: Size,
        /// The largest.
        largest: Size,
    },
    /// The sides are no multiples of what the model works in.
    SizeUnaligned {
        /// What was asked for.
        size: Size,
        /// The nearest that works below.
        smaller: Size,
        /// And above.
        larger: Size,
    },
    /// There are more frames than the most.
    TooManyFrames {
        /// What was asked for.
        frames: u32,
        /// The most.
        most: u32,
    },
    /// The frames are no multiple of the stride plus one.
    FramesUnaligned {
        /// What was asked for.
        frames: u32,
        /// The frames of a latent.
        stride: u32,
        /// The nearest that works below; what is `stride` more works, too.
        below: u32,
    },
    /// The video that leads is shorter.
    GuideTooShort {
        /// Its frames, at the frame rate.
        most: u32,
        /// The frame rate.
        fps: u32,
    },
    /// So many frames a second.
    Fps(u32),
    /// So many steps.
    Steps(u32),
    /// This shift.
    Shift(f64),
    /// This shift does not go with so many steps.
    ShiftForSteps {
        /// What was asked for.
        shift: f64,
        /// The steps.
        steps: u32,
    },
    /// The VAE cannot decode in so many tiles a side.
    Tiles {
        /// What a plan says.
        tiles: u32,
        /// The most.
        most: u32,
    },
}

/// What a video that needs too much memory could be instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The same with its weights quantized, which needs so many bytes.
    Quantize(QuantBits, u64),
    /// One of so many frames, or of a smaller size.
    Shorten(u32),
    /// One whose picture is smaller: opening this one takes so many bytes.
    SmallerPicture(u64),
    /// The same on a larger machine, or that of a smaller model.
    LargerMachine,
    /// One that was begun can only go on elsewhere.
    Elsewhere,
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
    /// What one sentence says, for what has no words of its own.
    pub fn new(field: Field, message: impl Into<String>) -> Self {
        Self::Other(field, message.into())
    }

    /// Where the reason is shown.
    pub fn field(&self) -> Field {
        match self {
            Self::NoPrompt => Field::Prompt,
            Self::TakesNoPicture(_) | Self::NeedsPicture(_) | Self::PictureTooNarrow(_) => {
                Field::Image
            }
            Self::TakesNoLastPicture(_)
            | Self::NeedsLastPicture(_)
            | Self::LastPictureOfOneFrame => Field::LastImage,
            Self::TakesNoVideo(_)
            | Self::NeedsVideo(_)
            | Self::GuideStrength
            | Self::TakesNoStrength(_) => Field::Video,
            Self::TakesNoMask(_) => Field::Mask,
            Self::TooManyReferences(_) => Field::References,
            Self::OutOfRange(number) => number.field(),
            Self::OtherLatents { .. } => Field::Size,
            Self::GuidanceNotFinite | Self::GuidanceForTwo(_) => Field::Guidance,
            Self::LoraStrength(_)
            | Self::LoraTooStrong { .. }
            | Self::LoraForTwo(_)
            | Self::LoraUnusable(_) => Field::Loras,
            Self::Memory { .. } => Field::Memory,
            Self::OutputName(_) => Field::Output,
            Self::Other(field, _) => *field,
        }
    }

    /// What would do, where that is one change to the request.
    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Memory { advice, .. } => match advice {
                Advice::Quantize(bits, _) => Some(Remedy::Pack(*bits)),
                Advice::Shorten(frames) => Some(Remedy::Frames(*frames)),
                Advice::SmallerPicture(_) | Advice::LargerMachine | Advice::Elsewhere => None,
            },
            Self::OutOfRange(OutOfRange::GuideTooShort { most, .. }) => Some(Remedy::Frames(*most)),
            _ => None,
        }
    }
}

impl std::error::Error for Refusal {}

impl OutOfRange {
    fn field(self) -> Field {
        match self {
            Self::AreaTooSmall { .. } | Self::SizeTooLarge { .. } | Self::SizeUnaligned { .. } => {
                Field::Size
            }
            Self::TooManyFrames { .. }
            | Self::FramesUnaligned { .. }
            | Self::GuideTooShort { .. } => Field::Frames,
            Self::Fps(_) => Field::Fps,
            Self::Steps(_) => Field::Steps,
            Self::Shift(_) | Self::ShiftForSteps { .. } => Field::Shift,
            Self::Tiles { .. } => Field::Memory,
        }
    }
}

impl From<OutOfRange> for Refusal {
    fn from(number: OutOfRange) -> Self {
        Self::OutOfRange(number)
    }
}

impl Remedy {
    /// Makes the change.
    pub fn apply(self, request: &mut super::Request) {
        match self {
            Self::Pack(bits) => request.compute.quantize = Some(bits),
            Self::Frames(frames) => request.canvas.frames = Some(frames),
        }
    }
}

/// Refuses with a sentence that has no words of its own yet, in English.
pub(super) fn refuse<T>(field: Field, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::new(field, message))
}
