//! Plain lines, for logs: one when a stage begins and when it ends, and at most one a second
//! between.

use std::path::Path;
use std::time::{Duration, Instant};

use super::super::{format, say};
use super::{ProgressSink, result};
use crate::error::Error;
use crate::job::{GenerationInfo, Progress, TimeLeft};
use crate::words::english;

const PAUSE: Duration = Duration::from_secs(1);
/// Within a step there is at most one in this time.
const WITHIN: Duration = Duration::from_secs(20);

/// Writes lines to the standard error.
pub struct Lines {
    start: Instant,
    time_left: TimeLeft,
    progress: Option<Progress>,
    latest: Instant,
}

impl Lines {
    pub fn new() -> Self {
        let now = Instant::now();
        Self {
            start: now,
            time_left: TimeLeft::default(),
            progress: None,
            latest: now,
        }
    }
}

impl ProgressSink for Lines {
    fn started(&mut self, words: &str, _output: &Path, _settings: Option<&GenerationInfo>) {
        say(words);
    }

    fn expects(&mut self, costs: Vec<f64>) {
        self.time_left = TimeLeft::with_costs(costs);
    }

    fn progress(&mut self, progress: Progress) {
        let Progress { stage, done, of } = progress;
        let time_left = self.time_left.after(progress, self.start.elapsed());
        let is_new = self.progress.map(|before| before.stage) != Some(stage);
        self.progress = Some(progress);
        if !is_new && done < of && self.latest.elapsed() < PAUSE {
            return;
        }
        self.latest = Instant::now();
        match time_left {
            Some(time) if done < of => {
                say(&format!(
                    "{}: {done} of {of}, about {} left",
                    english::stage(stage),
                    format::duration(time)
                ));
            }
            _ if done > 0 => say(&format!("{}: {done} of {of}", english::stage(stage))),
            _ => say(english::stage(stage)),
        }
    }

    fn within(&mut self, share: f32) {
        let time_left = self.time_left.within(share, self.start.elapsed());
        if let (Some(time), Some(Progress { stage, done, of })) = (time_left, self.progress)
            && self.latest.elapsed() >= WITHIN
        {
            self.latest = Instant::now();
            say(&format!(
                "{}: {done} of {of}, {:.0} % of the next, about {} left",
                english::stage(stage),
                100.0 * share,
                format::duration(time)
            ));
        }
    }

    fn finished(&mut self, output: &Path, peak_memory: usize) {
        say(&result(output, self.start.elapsed(), peak_memory));
    }

    fn failed(&mut self, _error: &Error) {}
}
