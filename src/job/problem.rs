//! A *problem* is what went wrong: data that crosses threads and is compared, until `words/` says it in the
//! language of whoever reads it.

use std::io;
use std::path::PathBuf;

use super::{GpuFault, Guidance, MachineFault, Refusal, Remedy};

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// What was asked for cannot be done.
    Refused(Refusal),
    /// The operating system would not read or write a file.
    File {
        /// What was tried: "read", "write", "create".
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        kind: io::ErrorKind,
        /// Why not, as the system says it.
        detail: String,
    },
    /// A file was read, but does not hold what it should.
    Content {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// What was computed cannot become a video.
    Implausible(Implausible),
    /// The GPU did not finish its work, though it was tried again where that could help.
    Gpu(GpuFault),
    /// MLX could not compute something, and what it says.
    Mlx(String),
    /// A defect of ours, and what is known of it.
    Defect(String),
    /// A server cannot be reached, or does not answer as it should.
    Network {
        /// Its address.
        address: String,
        /// Why not.
        fault: NetworkFault,
    },
    /// Another machine does not help as it should.
    Machine {
        /// What people call it.
        name: String,
        /// Why not.
        fault: MachineFault,
    },
    /// The system starts no more threads, and what it says of that.
    NoThread(String),
    /// This user has no home folder.
    NoHome,
    /// The engine's thread has ended by itself.
    EngineGone,
    /// Another window is open and does not answer.
    Unanswered,
    /// There is no model of this name.
    UnknownModel(String),
    /// There is no model in this folder.
    NoModelsIn(PathBuf),
    /// The model that comes with the program is not where it should be.
    NoBuiltIn,
    /// MLX computes wrong, and what.
    WrongMlx(String),
    /// Something that has no words of its own yet: a sentence, in English.
    Other(String),
}

/// What is wrong with a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is a model of which these files are missing.
    IncompleteModel(Vec<String>),
    /// It is a model whose text encoder comes without a tokenizer.
    NoTokenizer,
    /// It belonged to the model of this name, with which a video was begun, and is gone.
    ModelGone(String),
    /// It is an unfinished video that was not begun by this user on this machine, and what keeps it from going on here.
    Foreign(Missing),
    /// It is not the file that a video was begun with, and where that video is kept.
    Replaced(PathBuf),
    /// It is the plan of an unfinished video, and is damaged.
    DamagedPlan(String),
    /// It was kept of an unfinished video, and is damaged.
    DamagedState,
    /// A newer version of this program has left it.
    Newer,
    /// It is a LoRA that changes nothing in this network: names of what the network has not.
    LoraFitsNothing {
        /// The network's file.
        network: PathBuf,
        /// The modules that it has not, or not of this size.
        names: String,
    },
    /// It is a LoRA of a kind that cannot be applied.
    LoraKind(String),
    /// It is a LoRA without anything in it.
    EmptyLora,
    /// It is a picture of a kind that cannot be read, or none.
    NotAPicture,
    /// It is a picture whose decoding takes more memory than a picture should.
    PictureTooLarge,
    /// It is a picture or a video that is damaged or cut short, and how that is known.
    CutShort(String),
    /// Another program is making the video that it belongs to.
    InUse,
    /// It is being downloaded by another program.
    Downloading,
    /// Something that has no words of its own yet. It continues the sentence that the path begins, in English: "is
    /// not a safetensors file: …".
    Other(String),
}

/// What keeps an unfinished video that somebody else has begun from going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// No model of this name is known here.
    Model(String),
    /// A LoRA of this name, which nobody has given.
    Lora(String),
    /// A file of this name that is not in the run folder and cannot be given.
    File(String),
    /// Its video's place: a file of this name is there already.
    Place(String),
}

/// Why a server does not help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// It does not answer, or stopped in the middle, and what the system says of that.
    Unreachable(String),
    /// It wants to know who asks.
    Forbidden,
    /// It has nothing there.
    NotFound,
    /// It was asked too often.
    Busy,
    /// It cannot answer now, and its status.
    Unavailable(String),
    /// It answers with a status that nobody expects.
    Unexpected(String),
}

/// Numbers that cannot become a video.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Implausible {
    /// Latents are infinite or no numbers.
    LatentsNotFinite(After),
    /// Latents have many times their normal spread.
    LatentsTooWide {
        /// When.
        after: After,
        /// How many times.
        times: f32,
        /// What may be too strong.
        guidance: Guidance,
        /// This, too.
        shift: f64,
    },
    /// Latents are next to zero.
    LatentsVanish(After),
    /// Frames are infinite or no numbers.
    FramesNotFinite,
    /// Every pixel of every frame has the same colour.
    OneColour,
}

/// A step of a job, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The step.
    pub step: usize,
    /// All steps.
    pub of: u32,
    /// The LoRAs that the job uses, which may be to blame.
    pub loras: usize,
}

impl Problem {
    /// What would do, where that is one change to the request.
    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Refused(refusal) => refusal.remedy(),
            _ => None,
        }
    }
}

impl Problem {
    /// What MLX says.
    pub fn of_mlx(text: &str) -> Self {
        GpuFault::of(text).map_or_else(|| Self::Mlx(text.to_owned()), Self::Gpu)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<String> for Flaw {
    fn from(continued: String) -> Self {
        Self::Other(continued)
    }
}

impl From<&str> for Flaw {
    fn from(continued: &str) -> Self {
        Self::Other(continued.to_owned())
    }
}
