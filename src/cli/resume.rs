//! `zoetrope resume`: the rest of an unfinished job.

use std::process::ExitCode;

use super::args::Resume;
use super::progress::{ProgressSink, headline};
use super::{follow, show};
use crate::engine::saved;
use crate::error::Result;
use crate::job::Command;

/// Goes on with the video that the folder belongs to.
pub fn run(args: &Resume) -> ExitCode {
    show(args.work, |face| go_on(args, face))
}

fn go_on(args: &Resume, face: &mut dyn ProgressSink) -> Result<()> {
    let mut plan = saved::plan(&args.folder)?;
    plan.memory_limit = args.work.memory_limit.or(plan.memory_limit);
    saved::check_rest(&plan)?;
    let words = headline("Going on with", &plan);
    face.started(&words, &plan.output, Some(&plan.settings()));
    let output = plan.output.clone();
    follow::carry_out(&output, face, |handle| {
        Command::Resume(handle, Box::new(plan))
    })
}
