//! A *preview* is what the latents look like before the VAE has seen them: every pixel is one latent
//! position, every frame one latent frame.

use mlx_rs::{Array, ops};

use super::bytes;
use crate::Result;
use crate::job::{Clip, LatentRgb, Plan, Size};

/// The linear map of one job from latents to colours.
pub(super) struct Preview {
    /// (channels, 3)
    factors: Array,
    /// (3)
    bias: Array,
    size: Size,
    fps: f64,
}

impl Preview {
    /// The model's own map, or that of its family.
    pub(super) fn new(plan: &Plan) -> Self {
        let checkpoint = &plan.checkpoint;
        let own = checkpoint.latent_rgb.clone();
        let LatentRgb { factors, bias } = own.unwrap_or_else(|| checkpoint.variant.latent_rgb());
        let shape = plan.latent_shape();
        let (stride, ..) = checkpoint.variant.vae_stride();
        Self {
            factors: Array::from_slice(factors.as_flattened(), &[factors.len() as i32, 3]),
            bias: Array::from_slice(&bias, &[3]),
            size: Size::new(shape.width as u32, shape.height as u32),
            fps: f64::from(plan.canvas.fps) / f64::from(stride),
        }
    }

    /// What clean latents, (channels, frames, height, width), look like.
    pub(super) fn of(&self, clean: &Array) -> Result<Clip> {
        let colours = clean
            .transpose_axes(&[1, 2, 3, 0])? // (frames, height, width, channels)
            .matmul(&self.factors)?
            .add(&self.bias)?;
        let within = ops::clip(&colours, (-1.0, 1.0))?;
        Ok(Clip::new(self.size, self.fps, bytes::of(&within)?))
    }
}
