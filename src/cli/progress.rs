//! The three faces of a job: bars on a terminal, lines in a log, objects for a program.

mod bars;
mod json;
mod lines;

use std::io::{self, IsTerminal};
use std::path::Path;

use super::{format, shown};
use crate::error::Error;
use crate::job::plain_text::one_line;
use crate::job::{GenerationInfo, Plan, Progress};

/// Shows a job while it runs.
pub trait ProgressSink {
    /// Before the work: what will be done, in words, what will be written, and with which settings,
    /// if that is known.
    fn started(&mut self, words: &str, output: &Path, settings: Option<&GenerationInfo>);
    /// What each denoising step will cost beside the others.
    fn expects(&mut self, costs: Vec<f64>) {
        drop(costs);
    }
    /// The job came a little further.
    fn progress(&mut self, progress: Progress);
    /// The unit at hand is so far, from 0 to 1.
    fn within(&mut self, share: f32);
    /// The video is whole; `peak_memory` is in bytes.
    fn finished(&mut self, output: &Path, peak_memory: usize);
    /// There will be no video. The error itself is told by the caller, on the standard error.
    fn failed(&mut self, error: &Error);
}

/// The face that fits where the text goes.
pub fn face(json: bool) -> Box<dyn ProgressSink> {
    if json {
        Box::new(json::Json::new())
    } else if io::stderr().is_terminal() {
        Box::new(bars::Bars::new())
    } else {
        Box::new(lines::Lines::new())
    }
}

/// The object that ends the output of a command that came to no good end.
pub fn ending(error: &Error) -> String {
    json::ending(error)
}

/// What will be made, in two lines; `verb` begins them.
pub fn headline(verb: &str, plan: &Plan) -> String {
    let frames = match plan.canvas.frames {
        1 => "1 frame".into(),
        frames => format!("{frames} frames at {} fps", plan.canvas.fps),
    };
    let steps = match plan.sampling.steps {
        1 => "1 step".into(),
        steps => format!("{steps} steps"),
    };
    format!(
        "{verb} {} with {}\n{}, {frames}, {steps} of {}, guidance {}, shift {}, seed {}",
        shown(&plan.output),
        one_line(&plan.checkpoint.name),
        plan.canvas.size,
        plan.sampling.sampler,
        plan.sampling.guidance,
        plan.sampling.shift,
        plan.sampling.seed,
    )
}

/// What was made.
fn result(output: &Path, time: std::time::Duration, peak_memory: usize) -> String {
    format!(
        "Wrote {} in {}, using up to {} of memory",
        shown(output),
        format::duration(time),
        format::bytes(peak_memory as u64)
    )
}
