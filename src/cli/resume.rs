//! `zoetrope resume`: the rest of an unfinished job.

use std::path::PathBuf;

use clap::Args;

use super::progress::{ProgressSink, headline};
use super::shared_args::{Model, Work};
use super::together::{Part, SeveralMachines};
use super::{follow, help_another, say, shown};
use crate::catalog;
use crate::engine::{saved, step_costs};
use crate::error::{Error, Result};
use crate::job::plain_text::one_line;
use crate::job::{Command, Flaw, Missing, Plan};

/// Arguments of `resume`.
#[derive(Debug, Args)]
pub struct Resume {
    /// The folder that the unfinished video left
    #[arg(value_name = "OUT.mp4.run")]
    pub folder: PathBuf,

    /// Where the model is now.
    #[command(flatten)]
    pub model: Model,

    /// Where a LoRA of the video is now, found by the name of its file; can be given several times
    #[arg(long = "lora", value_name = "FILE")]
    pub loras: Vec<PathBuf>,

    /// Other machines that help, however many began it.
    #[command(flatten)]
    pub hosts: SeveralMachines,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,
}

/// Goes on with the video that the folder belongs to.
///
/// # Errors
/// There is nothing to go on with, it cannot be made, or was stopped.
pub fn run(args: &Resume, face: &mut dyn ProgressSink) -> Result<()> {
    let together = match args.hosts.gather(args.work.cpu)? {
        Part::First(together) => together,
        Part::Helper => return help_another::launched(&args.model, args.work),
    };
    let mut plan = saved::plan(&args.folder)?;
    if saved::is_own(&args.folder) {
        if args.model.is_given() {
            plan.checkpoint = args.model.open()?;
        } else {
            catalog::find_built_in_again(&mut plan);
        }
        plan.take_loras_from(&args.loras);
    } else {
        adopt(args, &mut plan)?;
    }
    plan.limits = args.work.limits.or(plan.limits);
    saved::check_rest(&plan)?;
    let words = headline("Going on with", &plan);
    face.started(&words, &plan.output, Some(&plan.info()));
    let output = plan.output.clone();
    face.expects(step_costs(&plan));
    follow::carry_out(&output, face, &together, |handle| {
        Command::Resume(handle, Box::new(plan))
    })?;
    Ok(())
}

/// Has a plan that somebody else has written carried out with this user's own files.
fn adopt(args: &Resume, plan: &mut Plan) -> Result<()> {
    let foreign = |flaw| Error::content(&args.folder, flaw);
    let model = if args.model.is_given() {
        args.model.open()?
    } else {
        let name = &plan.checkpoint.name;
        let known = catalog::named(name);
        let known = known.map_err(|_| foreign(Flaw::Foreign(Missing::Model(name.clone()))))?;
        known.checkpoint.map_err(Error::from)?
    };
    let is_denoised = saved::finished_steps(plan)? == plan.sampling.steps as usize;
    let is_more = plan.outputs.save_latents.is_some() || plan.outputs.save_frames.is_some();
    plan.adopt(model, &args.loras, is_denoised)
        .map_err(foreign)?;
    plan.check()?;
    let rest = if is_more {
        ", and nothing but the video is written"
    } else {
        ""
    };
    say(&format!(
        "warning: {} was not begun by you on this computer: your own {} makes the rest of it{rest}",
        shown(&args.folder),
        one_line(&plan.checkpoint.name)
    ));
    Ok(())
}
