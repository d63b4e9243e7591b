//! `zoetrope resume`: the rest of an unfinished job.

use super::args::Resume;
use super::progress::{ProgressSink, headline};
use super::{destination, follow};
use crate::engine::saved;
use crate::error::Result;
use crate::job::Command;

/// Goes on with the video that the folder belongs to.
///
/// # Errors
/// There is nothing to go on with, it cannot be made, or was stopped.
pub fn run(args: &Resume, face: &mut dyn ProgressSink) -> Result<()> {
    let mut plan = saved::plan(&args.folder)?;
    plan.memory_limit = args.work.memory_limit.or(plan.memory_limit);
    destination::check_plan(&plan)?;
    let words = headline("Going on with", &plan);
    face.started(&words, &plan.output, Some(&plan.settings()));
    let output = plan.output.clone();
    follow::carry_out(&output, face, |handle| {
        Command::Resume(handle, Box::new(plan))
    })
}
