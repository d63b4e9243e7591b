//! From clips to latents: the VAE's encoder, for as long as there is something to encode.

use std::ops::Range;

use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::job::{Plan, Stage};
use crate::model::vae::{Encoder, Tiling};
use crate::pipeline::{Reporter, vae_kind};
use crate::weights::{NetworkKind, Weights};

/// The encoder, and how far it is with all clips of a job.
///
/// They are encoded in float32 whatever else is chosen: the whole video follows from them.
pub(super) struct ClipEncoder {
    encoder: Encoder,
    done: usize,
    of: usize,
}

impl ClipEncoder {
    /// Reads the network, for clips of so many frames.
    pub(super) fn load(plan: &Plan, clips: &[i32], reporter: &mut Reporter) -> Result<Self> {
        let variant = plan.checkpoint.variant;
        let stride = variant.vae_stride().0.cast_signed();
        let chunks = clips
            .iter()
            .map(|frames| ((frames - 1) / stride + 1) as usize);
        let of = chunks.sum();
        reporter.step(Stage::Image, 0, of)?;
        let encoder = Weights::open_kind(&plan.checkpoint.vae, NetworkKind::Vae)?
            .load(|weights| Encoder::load(vae_kind(variant), &weights.as_type(Dtype::Float32)))?;
        Ok(Self {
            encoder,
            done: 0,
            of,
        })
    }

    /// The latents, (channels, frames, height, width), of a clip of `frames` frames that `read` gives in chunks,
    /// (frames, height, width, 3) in [-1, 1].
    pub(super) fn encode(
        &mut self,
        frames: i32,
        mut read: impl FnMut(Range<i32>) -> Result<Array>,
        reporter: &mut Reporter,
    ) -> Result<Array> {
        let Self {
            encoder, done, of, ..
        } = self;
        let begun = *done;
        let latents = encoder.encode_chunks(frames, Tiling::fastest()?, |range| {
            if *done > begun {
                reporter.step(Stage::Image, *done, *of)?;
            }
            *done += 1;
            read(range)
        })?;
        let latents = latents.transpose_axes(&[3, 0, 1, 2])?.contiguous()?;
        latents.eval()?;
        reporter.step(Stage::Image, self.done, self.of)?;
        Ok(latents)
    }
}
