//! The error that everything here can fail with.

use std::io;
use std::path::Path;

use crate::job::plain_text::one_line;
use crate::job::{GpuFault, Problem, Refusal, Remedy, ResumePoint};
use crate::words::english;

pub use crate::job::Flaw;

/// The result of anything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, why, and where there is something to do, what to do. Displayed, it is a sentence in English, in plain
/// characters on one line; the window says [`Error::problem`] in its own language.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What has data of its own.
    #[error("{}", english::problem(.0))]
    Problem(Problem),

    /// The user stopped the job.
    #[error("Stopped; nothing was written")]
    Cancelled,

    /// The user stopped a download.
    #[error("Stopped; run the same command again to continue the download")]
    Interrupted,

    /// The user stopped work that leaves something behind, and this is what to do with it.
    #[error("{}", one_line(.0))]
    Stopped(String),

    /// The job did not come to its end, but what it did is kept.
    #[error("{}", one_line(&unfinished(.why, .kept)))]
    Unfinished {
        /// Why it ended.
        why: Box<Self>,
        /// What to go on with.
        kept: ResumePoint,
    },

    /// MLX could not compute something: out of memory, or a defect of ours.
    #[error("{}", english::problem(&Problem::of_mlx(.0.what())))]
    Mlx(#[from] mlx_rs::error::Exception),

    /// Something that has its own words, in English.
    #[error("{}", one_line(.0))]
    Other(String),
}

impl Error {
    /// Whether the user wanted it.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled | Self::Interrupted | Self::Stopped(_) => true,
            Self::Unfinished { why, .. } => why.is_cancelled(),
            _ => false,
        }
    }

    /// For `map_err` after reading or writing `path`; `verb` is the infinitive of what was tried.
    pub fn file(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            Self::Problem(Problem::File {
                verb,
                path: path.to_owned(),
                kind: source.kind(),
                detail: source.to_string(),
            })
        }
    }

    /// `path` holds something else than it should; a flaw without words of its own continues the sentence.
    pub fn content(path: &Path, flaw: impl Into<Flaw>) -> Self {
        Self::Problem(Problem::Content {
            path: path.to_owned(),
            flaw: flaw.into(),
        })
    }

    /// What went wrong, as data.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Mlx(error) => Problem::of_mlx(error.what()),
            Self::Unfinished { why, .. } => why.problem(),
            Self::Cancelled | Self::Interrupted | Self::Stopped(_) | Self::Other(_) => {
                Problem::Other(self.to_string())
            }
        }
    }

    /// Why the GPU did not finish, if that is what went wrong.
    pub fn gpu_fault(&self) -> Option<GpuFault> {
        match self {
            Self::Mlx(error) => GpuFault::of(error.what()),
            Self::Problem(Problem::Gpu(fault)) => Some(*fault),
            Self::Unfinished { why, .. } => why.gpu_fault(),
            _ => None,
        }
    }

    /// What would do, where that is one change to the request.
    pub fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Problem(problem) => problem.remedy(),
            Self::Unfinished { why, .. } => why.remedy(),
            _ => None,
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Problem(refusal.into())
    }
}

/// How a job ended early, and how it goes on.
fn unfinished(why: &Error, kept: &ResumePoint) -> String {
    let ResumePoint { folder, step, of } = kept;
    let resume = ResumePoint::resume(folder);
    match why {
        _ if why.is_cancelled() && step < of => {
            format!("Stopped after step {step} of {of}; resume with {resume}")
        }
        _ if why.is_cancelled() => format!("Stopped while decoding; resume with {resume}"),
        why if step < of => format!("{why}; {step} of {of} steps are saved, resume with {resume}"),
        why => format!("{why}; the latents are saved, decode them again with {resume}"),
    }
}
