//! How long jobs take on this machine, for whoever has no library: the file is the one that the library keeps.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::dirs;
use crate::disk::{self, PartialFile};
use crate::error::{Error, Result};
use crate::job::memory::Saving;
use crate::job::{Estimates, Plan, Timings};
use crate::pipeline;

/// How long a plan will take, `by_processor` alone or not, as far as this machine has made videos like it.
pub fn guess(estimates: &Estimates, plan: &Plan, by_processor: bool) -> Option<Duration> {
    let passes = pipeline::step_costs(plan).into_iter().sum();
    estimates.guess(plan, by_processor, passes)
}

/// What was learnt so far; nothing if that cannot be read.
pub fn known() -> Estimates {
    let bytes = file().and_then(|file| disk::read(&file).ok());
    let known = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    known.unwrap_or_default()
}

/// Takes note of what a job took that was carried out as `plan` says, but for these savings. Where that cannot be kept,
/// the video is there all the same.
pub fn learn(plan: &Plan, savings: &[Saving], by_processor: bool, timings: &Timings) {
    let mut plan = plan.clone();
    for saving in savings {
        saving.apply(&mut plan);
    }
    let mut estimates = known();
    estimates.learn(&plan, by_processor, timings);
    if let Err(error) = keep(&estimates) {
        log::warn!("what the job took is not kept: {error}");
    }
}

fn keep(estimates: &Estimates) -> Result<()> {
    let Some(file) = file() else { return Ok(()) };
    let folder = disk::folder_of(&file);
    fs::create_dir_all(folder).map_err(Error::file("create", folder))?;
    let json = serde_json::to_vec_pretty(estimates)
        .map_err(|error| Error::content(&file, format!("cannot be written: {error}")))?;
    PartialFile::write(&file, &json)
}

fn file() -> Option<PathBuf> {
    Some(dirs::data()?.join("estimates.json"))
}
