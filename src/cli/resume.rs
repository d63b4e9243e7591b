//! `zoetrope resume`: the rest of an unfinished job.

use std::path::PathBuf;

use clap::Args;

use super::follow;
use super::progress::{ProgressSink, headline};
use super::shared_args::Work;
use crate::engine::saved;
use crate::error::Result;
use crate::job::Command;

/// Arguments of `resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// The folder that the unfinished video left
    #[arg(value_name = "OUT.mp4.run")]
    pub folder: PathBuf,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,
}

/// Goes on with the video that the folder belongs to.
///
/// # Errors
/// There is nothing to go on with, it cannot be made, or was stopped.
pub fn run(args: &Resume, face: &mut dyn ProgressSink) -> Result<()> {
    let mut plan = saved::plan(&args.folder)?;
    plan.limits = args.work.limits.or(plan.limits);
    saved::check_rest(&plan)?;
    let words = headline("Going on with", &plan);
    face.started(&words, &plan.output, Some(&plan.info()));
    let output = plan.output.clone();
    follow::carry_out(&output, face, |handle| {
        Command::Resume(handle, Box::new(plan))
    })
}
