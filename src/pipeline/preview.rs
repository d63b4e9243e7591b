//! A *preview* is what the latents look like before the VAE has seen them: every pixel is one latent position, every
//! frame one latent frame. Where a tiny VAE is at hand and a step takes long enough, it shows them in their true colours
//! from time to time.

use std::time::Instant;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, ops};

use super::bytes;
use crate::Result;
use crate::job::{Clip, LatentRgb, Plan, PreviewPace, Size};
use crate::model::tiny_vae::{self, Detail};

/// The linear map of one job from latents to colours.
pub(super) struct Preview {
    /// (channels, 3)
    factors: Array,
    /// (3)
    bias: Array,
    size: Size,
    fps: f64,
    tiny: Option<Tiny>,
}

/// A tiny VAE, and when it may be used.
struct Tiny {
    decoder: tiny_vae::Decoder,
    /// When the steps began.
    start: Instant,
    pace: PreviewPace,
    /// What came of it, which is shown until the next time.
    latest: Option<Clip>,
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
            tiny: Tiny::of(plan),
        }
    }

    /// What clean latents, (channels, frames, height, width), look like.
    pub(super) fn of(&mut self, clean: &Array) -> Result<Clip> {
        if let Some(clip) = self.in_colour(clean)? {
            return Ok(clip);
        }
        let colours = clean
            .transpose_axes(&[1, 2, 3, 0])? // (frames, height, width, channels)
            .matmul(&self.factors)?
            .add(&self.bias)?;
        let within = ops::clip(&colours, (-1.0, 1.0))?;
        Ok(Clip::new(self.size, self.fps, bytes::of(&within)?))
    }

    /// What a tiny VAE makes of them, if there is one and it is time.
    fn in_colour(&mut self, clean: &Array) -> Result<Option<Clip>> {
        let Some(tiny) = &mut self.tiny else {
            return Ok(None);
        };
        if !tiny.pace.is_due(tiny.start.elapsed()) {
            return Ok(tiny.latest.clone());
        }
        let latents = clean.transpose_axes(&[1, 2, 3, 0])?;
        if !tiny.pace.is_known() {
            let begun = tiny.start.elapsed();
            let first = latents.try_index(..1)?;
            tiny.decoder.sketch(&first, Detail::SKETCH)?.eval()?;
            let parts = latents.dim(0).unsigned_abs();
            tiny.pace.note(begun, tiny.start.elapsed(), parts);
            return Ok(tiny.latest.clone());
        }
        let begun = tiny.start.elapsed();
        let pixels = tiny.decoder.sketch(&latents, Detail::SKETCH)?;
        let size = Size::new(pixels.dim(2) as u32, pixels.dim(1) as u32);
        let clip = Clip::new(size, self.fps, bytes::of(&pixels)?);
        tiny.pace.note(begun, tiny.start.elapsed(), 1);
        Ok(tiny.latest.insert(clip).clone().into())
    }
}

impl Tiny {
    /// That of a plan. Without it there are still the latents' own colours.
    fn of(plan: &Plan) -> Option<Self> {
        let file = plan.speedups.tiny_vae.as_ref()?;
        let decoder = super::decode::tiny(file, plan.checkpoint.variant).ok()?;
        Some(Self {
            decoder,
            start: Instant::now(),
            pace: PreviewPace::default(),
            latest: None,
        })
    }
}
