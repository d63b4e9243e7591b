//! How far a download is: a bar for people, lines where none can be drawn, objects for programs.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::super::{format, print_json, say};
use crate::job::DownloadProgress;

/// Shows it.
pub struct Arriving {
    form: Form,
    told: Option<Instant>,
    is_over: bool,
}

enum Form {
    Bar(ProgressBar),
    Lines,
    Json,
}

impl Arriving {
    /// In the form that fits.
    pub fn new(json: bool) -> Self {
        let form = match json {
            true => Form::Json,
            false if io::stderr().is_terminal() => Form::Bar(bar()),
            false => Form::Lines,
        };
        Self {
            form,
            told: None,
            is_over: false,
        }
    }

    /// Shows a moment of it, or not if one was shown just before.
    pub fn show(&mut self, transfer: &DownloadProgress) {
        let pause = match self.form {
            Form::Bar(_) => Duration::ZERO,
            Form::Json => Duration::from_secs(1),
            Form::Lines => Duration::from_secs(10),
        };
        // The end is told at once, but only once: files that were there may still be read.
        let is_over = transfer.done == transfer.of;
        let is_new = is_over && !self.is_over;
        if !is_new && (is_over || self.told.is_some_and(|told| told.elapsed() < pause)) {
            return;
        }
        self.is_over = is_over;
        self.told = Some(Instant::now());
        match &self.form {
            Form::Bar(bar) => {
                bar.set_length(transfer.of);
                bar.set_position(transfer.done);
                bar.set_message(pace(transfer));
            }
            Form::Lines => {
                let (done, of) = (format::bytes(transfer.done), format::bytes(transfer.of));
                say(&format!("{done} of {of}, {}", pace(transfer)));
            }
            Form::Json => {
                let DownloadProgress {
                    done,
                    of,
                    bytes_per_second,
                } = transfer;
                let left = transfer.time_left().map(|time| time.as_secs());
                let line = json!({
                    "event": "progress", "done": done, "of": of,
                    "bytes_per_second": bytes_per_second, "seconds_left": left,
                });
                // That nobody reads it is no reason to stop.
                let _ = print_json(&line.to_string());
            }
        }
    }

    /// Leaves nothing on the line.
    pub fn end(&self) {
        if let Form::Bar(bar) = &self.form {
            bar.finish_and_clear();
        }
    }
}

/// "41.3 MB/s, about 5 min 2 s left". Once everything is there, what was there before is still read.
fn pace(transfer: &DownloadProgress) -> String {
    let rate = transfer.rate();
    match transfer.time_left() {
        Some(time) => format!("{rate:.1} MB/s, about {} left", format::duration(time)),
        None if transfer.done >= transfer.of => "checking existing files".into(),
        None => "waiting for Hugging Face".into(),
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} {msg}") {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}
