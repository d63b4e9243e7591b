//! One JSON object a line on the standard output, for programs.

use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::super::{interrupt, print_json};
use super::ProgressSink;
use crate::error::Error;
use crate::job::{GenerationInfo, Progress, ResumePoint};

/// Writes objects.
pub struct Json {
    start: Instant,
    /// What was told last, ...
    progress: Option<Progress>,
    /// ... and when.
    told: Instant,
}

/// How often it is told that a step is further.
const OFTEN: Duration = Duration::from_secs(1);

/// A line. Seconds are counted from the start of the job.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Started {
        output: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        settings: Option<&'a GenerationInfo>,
    },
    Progress {
        #[serde(flatten)]
        progress: Progress,
        /// The share of the next unit that is done.
        #[serde(skip_serializing_if = "Option::is_none")]
        within: Option<f32>,
        seconds: f64,
    },
    Finished {
        output: Cow<'a, str>,
        seconds: f64,
        peak_memory_bytes: usize,
    },
    Cancelled {
        #[serde(skip_serializing_if = "Option::is_none")]
        kept: Option<&'a ResumePoint>,
    },
    Failed {
        message: String,
    },
}

impl Json {
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            progress: None,
            told: now,
        }
    }

    /// Milliseconds are as fine as anybody needs.
    fn seconds(&self) -> f64 {
        (self.start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0
    }
}

/// The object that says why there is no result.
pub fn ending(error: &Error) -> String {
    let line = match error {
        Error::Unfinished { kept, .. } if error.is_cancelled() => {
            Line::Cancelled { kept: Some(kept) }
        }
        error if error.is_cancelled() => Line::Cancelled { kept: None },
        error => Line::Failed {
            message: error.to_string(),
        },
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// What cannot be told is no reason to stop: the video will be whole all the same.
fn tell(line: &Line) {
    let _ = serde_json::to_string(line).map(|line| print_json(&line));
}

impl ProgressSink for Json {
    fn started(&mut self, _words: &str, output: &Path, settings: Option<&GenerationInfo>) {
        tell(&Line::Started {
            output: output.to_string_lossy(),
            settings,
        });
    }

    fn progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
        tell(&Line::Progress {
            progress,
            within: None,
            seconds: self.seconds(),
        });
    }

    fn within(&mut self, share: f32) {
        if let Some(progress) = self.progress
            && self.told.elapsed() >= OFTEN
        {
            self.told = Instant::now();
            tell(&Line::Progress {
                progress,
                within: Some(share),
                seconds: self.seconds(),
            });
        }
    }

    fn finished(&mut self, output: &Path, peak_memory: usize) {
        let finished = Line::Finished {
            output: output.to_string_lossy(),
            seconds: self.seconds(),
            peak_memory_bytes: peak_memory,
        };
        let _ = serde_json::to_string(&finished).map(|line| interrupt::last_words(&line));
    }

    fn failed(&mut self, error: &Error) {
        interrupt::last_words(&ending(error));
    }
}
