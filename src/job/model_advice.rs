//! *Advice* on a model before anything of it is there: whether this machine runs it, and how long a video takes.

use std::time::Duration;

use super::{ModelDownload, Published};

/// What is known of a model that could be downloaded, for a video of its usual size and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelAdvice {
    /// The model and the form of its weights.
    pub offer: ModelDownload,
    /// The most memory that it needs at once, in bytes.
    pub needs: u64,
    /// What this machine can give, in bytes.
    pub most: u64,
    /// Whether that is enough.
    pub fits: bool,
    /// How long a video takes, where that can be told.
    pub time: Option<Duration>,
}

impl ModelAdvice {
    /// Of all forms of a model the best that fits: the largest one.
    pub fn best(of_model: &[Self]) -> Option<&Self> {
        let fitting = of_model.iter().filter(|advice| advice.fits);
        fitting.max_by_key(|advice| advice.offer.bytes)
    }
}

/// What its authors allow, as people call it.
pub fn licence(model: Published) -> &'static str {
    match model {
        Published::LucyEdit5B => "Non-commercial",
        _ => "Apache 2.0",
    }
}
