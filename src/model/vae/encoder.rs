//! From pixels to latents.

use std::ops::Range;

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use super::chain::Chain;
use super::layers::pointwise;
use super::{Cache, Kind, Statistics, Tiling};
use crate::Result;
use crate::weights::{Linear, Weights};

/// Frames that become one latent frame, after the first.
const TIME_STRIDE: i32 = 4;

/// The encoder's half of a VAE.
///
/// Wan2.2 `wan/modules/vae2_1.py` and `vae2_2.py`, `WanVAE_.encode`.
pub struct Encoder {
    kind: Kind,
    chain: Chain,
    conv1: Linear,
    statistics: Statistics,
}

impl Encoder {
    /// Reads this half; the other is skipped.
    pub fn load(kind: Kind, weights: &Weights) -> Result<Self> {
        weights.skip("decoder");
        weights.skip("conv2");
        let statistics = kind.statistics();
        let moments = 2 * statistics.channels();
        Ok(Self {
            kind,
            chain: kind.encoder(&weights.at("encoder"), moments)?,
            conv1: pointwise(weights, "conv1", (moments, moments), 3)?,
            statistics,
        })
    }

    /// The layers between [`Kind::fold`] and the 1×1×1 convolution.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Pixels in [-1, 1], (1 + 4n, h, w, 3) → normalised latents (1 + n, h′, w′, channels).
    pub fn encode(&self, clip: &Array) -> Result<Array> {
        self.encode_chunks(clip.dim(0), Tiling::WHOLE, |range| {
            Ok(clip.try_index(range)?)
        })
    }

    /// The same for a clip of `frames` frames that is never whole: `read` is asked for the first
    /// frame, then for four at a time, in order.
    ///
    /// # Errors
    /// MLX's, and the first that `read` returns.
    pub fn encode_chunks(
        &self,
        frames: i32,
        tiling: Tiling,
        mut read: impl FnMut(Range<i32>) -> Result<Array>,
    ) -> Result<Array> {
        let mut cache = Cache::default();
        let mut latents = Vec::new();
        let mut chunk = 0..1;
        while chunk.start < frames {
            let pixels = self.kind.fold(&read(chunk.clone())?)?;
            let latent = self.chain.forward(&pixels, tiling, &mut cache)?;
            latent.eval()?;
            latents.push(latent);
            chunk = chunk.end..chunk.end + TIME_STRIDE;
        }
        let moments = self.conv1.forward(&concatenate(&latents, 0)?)?;
        let mean = moments.try_index((.., .., .., ..self.statistics.channels()))?;
        self.statistics.normalise(&mean)
    }
}
