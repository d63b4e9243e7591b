//! A *destination* is a file that a job will write. Whether it can is found out before hours of
//! work.

use std::fs::{self, File};
use std::path::Path;
use std::process;

use crate::error::{Error, Result};
use crate::job::{Field, Plan, Refusal};

/// Checks every file that `plan` will write.
///
/// # Errors
/// The first one that cannot be written, and why not.
pub fn check_plan(plan: &Plan) -> Result<()> {
    let (latents, frames) = (
        plan.outputs.save_latents.as_deref(),
        plan.outputs.save_frames.as_deref(),
    );
    if let (Some(latents), Some(frames)) = (latents, frames)
        && latents == frames
    {
        let message = format!(
            "{} cannot hold latents and frames: give two names",
            latents.display()
        );
        return Err(Refusal::new(Field::Output, message).into());
    }
    check([Some(plan.output.as_path()), latents, frames])
}

/// Checks that each of these files can be written.
///
/// # Errors
/// The first one that cannot be, and why not.
pub fn check<const N: usize>(files: [Option<&Path>; N]) -> Result<()> {
    files.into_iter().flatten().try_for_each(writable)
}

fn writable(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Err(Error::content(
            path,
            "is a folder: give the name of a file in it",
        ));
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Error::content(
            folder,
            "is not a folder: create it first, or write elsewhere",
        ));
    }
    let probe = folder.join(format!(".zoetrope-{}.tmp", process::id()));
    File::create(&probe).map_err(Error::file("write to", folder))?;
    fs::remove_file(&probe).map_err(Error::file("write to", folder))
}
