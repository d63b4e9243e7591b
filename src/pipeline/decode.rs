//! From latents to the video file, a few frames at a time.

use mlx_rs::{Array, Dtype};

use super::Reporter;
use super::checks;
use super::frames_file::FramesFile;
use crate::Result;
use crate::job::{Decoding, Stage};
use crate::media::mp4::{Mp4Writer, Quality};
use crate::model::vae::Decoder;
use crate::weights::Weights;

/// Decodes `latents`, (channels, frames, height, width), and writes its output.
pub(super) fn write(plan: &Decoding, latents: &Array, reporter: &mut Reporter) -> Result<()> {
    let frames = plan.frames as usize;
    reporter.step(Stage::Decode, 0, frames)?;
    let decoder = Weights::open(&plan.checkpoint.vae)?.load(|weights| {
        Decoder::load(
            super::vae_kind(plan.checkpoint.variant),
            &weights.as_type(Dtype::Float32),
        )
    })?;
    let mut video = Mp4Writer::create(
        &plan.output,
        plan.size,
        plan.fps,
        Quality::default(),
        &plan.settings,
    )?;
    let mut floats = plan
        .save_frames
        .as_ref()
        .map(|path| FramesFile::create(path, frames, plan.size))
        .transpose()?;

    let mut seen = checks::Pixels::default();
    let mut done = 0;
    decoder.decode(&latents.transpose_axes(&[1, 2, 3, 0])?, |chunk| {
        checks::frames(chunk)?;
        if let Some(floats) = &mut floats {
            floats.write(chunk)?;
        }
        let bytes = to_bytes(chunk)?;
        seen.see(&bytes);
        for frame in bytes.chunks_exact(3 * plan.size.area() as usize) {
            video.write(frame)?;
            done += 1;
        }
        reporter.step(Stage::Decode, done, frames)
    })?;
    seen.end()?;
    if let Some(floats) = floats {
        floats.finish()?;
    }
    video.finish()
}

/// Pixels in [-1, 1] as bytes, truncated as the official code does.
///
/// Wan2.2 `wan/utils/utils.py`, `save_video`.
fn to_bytes(frames: &Array) -> Result<Vec<u8>> {
    let unit = frames
        .add(Array::from_f32(1.0))?
        .divide(Array::from_f32(2.0))?;
    let bytes = unit
        .multiply(Array::from_f32(255.0))?
        .as_dtype(Dtype::Uint8)?;
    Ok(tensor_values(&bytes.contiguous()?)?.to_vec())
}

fn tensor_values(bytes: &Array) -> Result<&[u8]> {
    bytes
        .try_as_slice()
        .map_err(|error| crate::Error::Other(format!("The decoded frames cannot be read: {error}")))
}
