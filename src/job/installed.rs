//! An *installed* model is one that was found on this machine, whole or not.

use std::path::PathBuf;

use super::{Checkpoint, Problem, Remark, Variant};

/// One model on this machine, or a file that should be part of one and is not whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Installed {
    /// What people call it; no other on this machine has the same name.
    pub name: String,
    /// Its folder, or the file of its DiT.
    pub place: PathBuf,
    /// The family it belongs to, if that can be told.
    pub variant: Option<Variant>,
    /// How much of the disk its files take, those that it shares with others included.
    pub bytes: u64,
    /// The model, or what keeps it from being one.
    pub checkpoint: Result<Checkpoint, Problem>,
    /// What is worth knowing of one that runs.
    pub remarks: Vec<Remark>,
}
