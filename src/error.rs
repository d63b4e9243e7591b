//! Everything that can go wrong, each as a sentence that a user may read.

use std::io;
use std::path::{Path, PathBuf};

use crate::job::plain_text::one_line;
use crate::job::{Refusal, ResumePoint};

/// The result of anything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, why, and where there is something to do, what to do. Names that came from files are shown in plain
/// characters, on one line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system would not read or write a file.
    #[error("{}", one_line(&file(.verb, .path, .source)))]
    File {
        /// What was tried: "read", "write", "create".
        verb: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// A file was read, but it does not hold what it should.
    #[error("{}", one_line(&content(.path, .problem)))]
    Content {
        /// The file or folder.
        path: PathBuf,
        /// Continues the sentence that the path begins: "is not a safetensors file: …".
        problem: String,
    },

    /// A request that cannot be carried out as it stands.
    #[error("{}", one_line(&.0.to_string()))]
    Refused(#[from] Refusal),

    /// The user stopped the job.
    #[error("Stopped; nothing was written")]
    Cancelled,

    /// The user stopped a download.
    #[error("Stopped; what has come is kept, and the same download goes on from there")]
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
    #[error("MLX stopped with an error: {}", one_line(.0.what()))]
    Mlx(#[from] mlx_rs::error::Exception),

    /// Something outside the program failed in a way that has its own words.
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
        move |source| Self::File {
            verb,
            path: path.to_owned(),
            source,
        }
    }

    /// `path` holds something else than it should; `problem` continues the sentence.
    pub fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }
}

fn file(verb: &str, path: &Path, source: &io::Error) -> String {
    format!("Cannot {verb} {}: {}", path.display(), plain(source))
}

fn content(path: &Path, problem: &str) -> String {
    format!("{} {problem}", path.display())
}

/// How a job ended early, and how it goes on.
fn unfinished(why: &Error, kept: &ResumePoint) -> String {
    let ResumePoint { folder, step, of } = kept;
    let resume = ResumePoint::resume(folder);
    match why {
        _ if why.is_cancelled() && step < of => {
            format!("Stopped after step {step} of {of}; {resume} goes on")
        }
        _ if why.is_cancelled() => format!("Stopped while decoding; {resume} goes on"),
        why if step < of => format!("{why}; {step} of {of} steps are kept, and {resume} goes on"),
        why => format!("{why}; the latents are kept, and {resume} decodes them again"),
    }
}

/// The usual reasons in plain words; the rest as the system says it.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission is missing".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::NotADirectory => "part of the path is not a folder".into(),
        _ => error.to_string(),
    }
}
