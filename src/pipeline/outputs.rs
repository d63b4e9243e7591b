//! What a job writes is looked at before any work: it destroys nothing that is read, and there is room for it.

use std::path::{Path, PathBuf};

use super::{frames_file, latents_file, run_folder};
use crate::disk::{FileIdentity, Output, check_outputs, check_writable, folder_of};
use crate::job::{Canvas, Decoding, LatentShape, Plan, Size};
use crate::{Error, Result};

/// Of a video, bytes for each pixel of each frame: few take less.
const VIDEO: f64 = 1.0 / 64.0;

/// How many times the latents are in a run folder at once: a state is the latents and what the sampler remembers, at most
/// three times as much, and the next one grows beside it.
const STATES: u64 = 8;

/// Checks every file that a new job of `plan` will write.
///
/// # Errors
/// The first one that cannot be written or that is needed as it is, and what to do.
pub fn check_plan(plan: &Plan) -> Result<()> {
    check_writable(&plan.output)?;
    let (inputs, folder) = (plan.inputs(), plan.run_folder());
    run_folder::check_place(&folder)?;
    let place = FileIdentity::of(&folder);
    let mut used = inputs
        .iter()
        .chain(&plan.outputs.save_latents)
        .chain(&plan.outputs.save_frames);
    if let Some(path) = used.find(|path| FileIdentity::of(path).is_in(&place)) {
        let problem = format!(
            "lies in {}, which is this job's own: choose another name for the video",
            folder.display()
        );
        return Err(Error::content(path, problem));
    }
    check(plan, &inputs)
}

/// The same for a job that goes on. Its plan may come from anybody, so that it replaces nothing outside the video's
/// folder but what is its own.
///
/// # Errors
/// As [`check_plan`].
pub fn check_rest(plan: &Plan) -> Result<()> {
    run_folder::check_place(&plan.run_folder())?;
    let home = FileIdentity::of(folder_of(&plan.output));
    let is_elsewhere = |path: &&Path| path.exists() && !FileIdentity::of(path).is_in(&home);
    let latents = plan.outputs.save_latents.as_deref().filter(is_elsewhere);
    let frames = plan.outputs.save_frames.as_deref().filter(is_elsewhere);
    let latents = latents.filter(|path| !latents_file::is_of(path, plan));
    let frames = frames.filter(|path| !frames_file::is_of(path, plan));
    if let Some(path) = latents.or(frames) {
        let problem =
            "is there already, and this unfinished video would replace it: move it away first";
        return Err(Error::content(path, problem));
    }
    check(plan, &plan.inputs())
}

/// The same for latents that are decoded on their own.
///
/// # Errors
/// As [`check_plan`].
pub fn check_decoding(latents: &Path, decoding: &Decoding) -> Result<()> {
    let model = decoding.checkpoint.files();
    let inputs = model.iter().map(PathBuf::as_path).chain([latents]);
    let Canvas { size, frames, .. } = decoding.canvas;
    let floats = decoding.save_frames.iter();
    let floats = floats.map(|path| self::frames(path, size, frames));
    let outputs: Vec<_> = [video(&decoding.output, size, frames)]
        .into_iter()
        .chain(floats)
        .collect();
    check_outputs(&outputs, inputs)
}

fn check(plan: &Plan, inputs: &[PathBuf]) -> Result<()> {
    let Canvas { size, frames, .. } = plan.canvas;
    let bytes = bytes_of(plan.latent_shape());
    let mut video = video(&plan.output, size, frames);
    // The run folder is beside it.
    video.bytes += (STATES * bytes).saturating_sub(run_folder::bytes(plan));
    let latents = plan.outputs.save_latents.iter().map(|path| Output {
        what: "latents",
        path,
        bytes,
    });
    let floats = plan.outputs.save_frames.iter();
    let floats = floats.map(|path| self::frames(path, size, frames));
    let outputs: Vec<_> = [video].into_iter().chain(latents).chain(floats).collect();
    check_outputs(&outputs, inputs.iter().map(PathBuf::as_path))
}

/// The bytes of latents as float32.
fn bytes_of(shape: LatentShape) -> u64 {
    let sides = shape.channels_first();
    sides
        .iter()
        .fold(4, |bytes, &side| bytes * u64::from(side.unsigned_abs()))
}

fn video(path: &Path, size: Size, frames: u32) -> Output<'_> {
    let pixels = size.area() as f64 * f64::from(frames);
    Output {
        what: "the video",
        path,
        bytes: (pixels * VIDEO) as u64,
    }
}

/// Frames as floats, three for each pixel.
fn frames(path: &Path, size: Size, frames: u32) -> Output<'_> {
    Output {
        what: "frames",
        path,
        bytes: size.area().saturating_mul(12 * u64::from(frames)),
    }
}
