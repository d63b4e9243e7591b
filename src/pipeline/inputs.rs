//! The files that an unfinished video was begun with, looked at before it is resumed.

use super::conditioning::FILE as GIVEN;
use super::fingerprint::Fingerprint;
use super::{plan_file, run_folder};
use crate::job::{Flaw, Plan};
use crate::{Error, Result};

/// Checks that everything which a video was begun with is still there, and that what is still to be read is the same.
///
/// # Errors
/// A file is gone, or another one has its name.
pub fn check_inputs(plan: &Plan) -> Result<()> {
    let model = &plan.checkpoint;
    let paths = model.paths();
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        let flaw = Flaw::ModelGone(model.name.clone());
        return Err(Error::content(missing, flaw));
    }
    let folder = plan.run_folder();
    let done = run_folder::finished_steps(plan)?;
    if done == 0 {
        return Ok(());
    }
    let fingerprints = plan_file::fingerprints(&folder)?;
    let inputs = plan.inputs();
    let only_decodes = done == plan.sampling.steps as usize;
    let given = if folder.join(GIVEN).is_file() {
        plan.given() // it was encoded, and is not looked at again
    } else {
        Vec::new()
    };
    // From the end: what is before the model's files may be left out where it is not read any more.
    let known = inputs.iter().rev().zip(fingerprints.iter().rev());
    for (file, fingerprint) in known {
        let matters = if only_decodes {
            model.vae.contains(file)
        } else {
            !given.contains(file)
        };
        if matters && Fingerprint::of(file)? != *fingerprint {
            return Err(Error::content(file, Flaw::Replaced(folder)));
        }
    }
    Ok(())
}
