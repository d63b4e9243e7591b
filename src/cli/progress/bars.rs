//! Bars, for people: one for each stage, which stays when it is full.

use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::super::{format, say};
use super::{ProgressSink, result};
use crate::error::Error;
use crate::job::{GenerationInfo, Progress, Stage, TimeLeft};
use crate::words::english;

/// Draws on the terminal that the standard error is.
pub struct Bars {
    start: Instant,
    time_left: TimeLeft,
    bar: Option<(Stage, ProgressBar)>,
}

impl Bars {
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            time_left: TimeLeft::default(),
            bar: None,
        }
    }

    /// The bar of `stage`, after closing that of the stage before.
    fn bar(&mut self, stage: Stage, of: usize) -> &ProgressBar {
        if self
            .bar
            .as_ref()
            .is_some_and(|(current, _)| *current != stage)
        {
            self.close();
        }
        let (_, bar) = self.bar.get_or_insert_with(|| (stage, new_bar(stage, of)));
        bar
    }

    fn close(&mut self) {
        if let Some((_, bar)) = self.bar.take() {
            bar.set_message("");
            bar.abandon();
        }
    }
}

fn new_bar(stage: Stage, of: usize) -> ProgressBar {
    let bar = ProgressBar::new(of as u64);
    let template = "{prefix:19} {bar:32} {pos:>4}/{len:<4} {elapsed} {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.set_prefix(english::stage(stage));
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

impl ProgressSink for Bars {
    fn started(&mut self, words: &str, _output: &Path, _settings: Option<&GenerationInfo>) {
        say(words);
    }

    fn expects(&mut self, costs: Vec<f64>) {
        self.time_left = TimeLeft::with_costs(costs);
    }

    fn progress(&mut self, progress: Progress) {
        let Progress { stage, done, of } = progress;
        let time_left = self.time_left.after(progress, self.start.elapsed());
        let bar = self.bar(stage, of);
        bar.set_position(done as u64);
        if let Some(time) = time_left {
            bar.set_message(if done < of {
                format!("about {} left", format::duration(time))
            } else {
                String::new()
            });
        }
    }

    fn within(&mut self, share: f32) {
        let time_left = self.time_left.within(share, self.start.elapsed());
        if let (Some((_, bar)), Some(time)) = (&self.bar, time_left) {
            bar.set_message(format!("about {} left", format::duration(time)));
        }
    }

    fn finished(&mut self, output: &Path, peak_memory: usize) {
        self.close();
        say(&result(output, self.start.elapsed(), peak_memory));
    }

    fn failed(&mut self, _error: &Error) {
        self.close();
    }
}
