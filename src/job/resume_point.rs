//! What is *kept* of a job that did not come to its end: enough to go on.

use std::path::{Path, PathBuf};

use serde::Serialize;

/// A run folder, and how far the job in it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResumePoint {
    /// The folder beside the video that was to be.
    pub folder: PathBuf,
    /// The steps that need not be done again.
    pub step: usize,
    /// All steps.
    pub of: usize,
}

impl ResumePoint {
    /// The command that goes on with `folder`, as it stands in a sentence.
    pub fn resume(folder: &Path) -> String {
        format!("`zoetrope resume {}`", Self::quoted(folder))
    }

    /// A path as a shell takes it.
    pub fn quoted(path: &Path) -> String {
        let path = path.display().to_string();
        let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%~".contains(c);
        if path.chars().all(plain) {
            path
        } else {
            format!("'{}'", path.replace('\'', r"'\''"))
        }
    }
}
