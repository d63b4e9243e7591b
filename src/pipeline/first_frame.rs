//! From a picture to the latent of the first frame.

use mlx_rs::{Array, Dtype, memory};

use super::Reporter;
use crate::Result;
use crate::job::{Picture, Plan, Stage};
use crate::media::photo;
use crate::model::vae::Encoder;
use crate::weights::Weights;

/// The latent of the plan's picture, (channels, 1, height, width), if it has one.
///
/// Encoded in float32 whatever else is chosen: the whole video follows from it.
pub(super) fn encode(plan: &Plan, reporter: &mut Reporter) -> Result<Option<Array>> {
    let Some(picture) = &plan.picture else {
        return Ok(None);
    };
    reporter.step(Stage::Image, 0, 1)?;
    let frame = pixels(picture, plan)?;
    let encoder = Weights::open(&plan.checkpoint.vae)?.load(|weights| {
        Encoder::load(
            super::vae_kind(plan.checkpoint.variant),
            &weights.as_type(Dtype::Float32),
        )
    })?;
    let latent = encoder
        .encode(&frame)?
        .transpose_axes(&[3, 0, 1, 2])?
        .contiguous()?;
    latent.eval()?;
    drop(encoder);
    memory::clear_cache()?;
    reporter.step(Stage::Image, 1, 1)?;
    Ok(Some(latent))
}

/// The picture, cropped to the video, as pixels in [-1, 1]: (1, height, width, 3).
///
/// Wan2.2 `wan/textimage2video.py`, `WanTI2V.i2v`.
fn pixels(picture: &Picture, plan: &Plan) -> Result<Array> {
    let cropped = photo::cover(&photo::open(&picture.path)?, plan.size)?;
    let (width, height) = cropped.dimensions();
    let values = cropped
        .as_raw()
        .iter()
        .map(|&byte| (f32::from(byte) / 255.0 - 0.5) / 0.5);
    Ok(Array::from_iter(
        values,
        &[1, height as i32, width as i32, 3],
    ))
}
