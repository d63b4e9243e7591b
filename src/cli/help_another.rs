//! What a process does that another machine, or MLX's launcher, has started to help.

use super::follow;
use super::shared_args::{Model, Work};
use super::together::set;
use crate::catalog;
use crate::engine::{device, exit, work_with};
use crate::error::{Error, Result};
use crate::hosts::{self, Setup};
use crate::job::{Checkpoint, Command, Help, Limits, Machines};

/// `zoetrope help-another`: what a process on another machine does.
///
/// # Errors
/// It cannot help, or the first machine is gone.
pub fn run() -> Result<()> {
    let Setup {
        transport,
        names,
        variables,
        files,
        cpu,
    } = hosts::follow(|| exit::leave_at_once(1))?;
    let _folder = set(&variables, &files)?;
    work_with(Machines {
        transport,
        names,
        split: None,
    });
    device::use_processor(cpu)?;
    help(None, Limits::default())
}

/// What a process does that MLX's launcher has started with another rank than the first; `model` is its own.
///
/// # Errors
/// It cannot help, or the first machine is gone.
pub fn launched(model: &Model, work: Work) -> Result<()> {
    let own = model.is_given().then(|| model.open());
    device::use_processor(work.cpu)?;
    help(own.transpose()?, work.limits)
}

fn help(model: Option<Checkpoint>, limits: Limits) -> Result<()> {
    let help = Help {
        model,
        limits,
        find,
    };
    follow::follow(|handle| Command::Help(handle, Box::new(help)), |_| ())
}

/// This machine's copy of a model: in the same place, or of the same name.
fn find(theirs: &Checkpoint) -> Result<Checkpoint, String> {
    if theirs.paths().iter().all(|path| path.exists()) {
        return Ok(theirs.clone());
    }
    let known = catalog::named(&theirs.name).map_err(|why| why.to_string())?;
    known
        .checkpoint
        .map_err(|problem| Error::from(problem).to_string())
}
