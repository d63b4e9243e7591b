//! How far a download is.

use std::time::Duration;

use serde::Serialize;

/// A moment of a download.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct DownloadProgress {
    /// The bytes that are there, those of earlier tries included.
    pub done: u64,
    /// The bytes of all its files.
    pub of: u64,
    /// How fast they come at the moment.
    pub bytes_per_second: u64,
}

impl DownloadProgress {
    /// Megabytes a second.
    pub fn rate(&self) -> f64 {
        self.bytes_per_second as f64 / 1e6
    }

    /// How long the rest will take; nothing while nothing comes.
    pub fn time_left(&self) -> Option<Duration> {
        let seconds = self
            .of
            .saturating_sub(self.done)
            .checked_div(self.bytes_per_second)?;
        Some(Duration::from_secs(seconds))
    }
}
