//! From latents to pixels.

use std::ops::Range;

use mlx_rs::ops::clip;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype};

use super::chain::Chain;
use super::layers::pointwise;
use super::{Cache, Kind, Statistics, Strip, Tiling};
use crate::Result;
use crate::weights::{Linear, Weights};

/// The decoder's half of a VAE.
///
/// Wan2.2 `wan/modules/vae2_1.py` and `vae2_2.py`, `WanVAE_.decode`.
pub struct Decoder {
    kind: Kind,
    chain: Chain,
    conv2: Linear,
    statistics: Statistics,
}

impl Decoder {
    /// Reads this half; the other is skipped.
    pub fn load(kind: Kind, weights: &Weights) -> Result<Self> {
        weights.skip("encoder");
        weights.skip("conv1");
        let statistics = kind.statistics();
        let latent = statistics.channels();
        Ok(Self {
            kind,
            chain: kind.decoder(&weights.at("decoder"), latent)?,
            conv2: pointwise(weights, "conv2", (latent, latent), 3)?,
            statistics,
        })
    }

    /// The layers between the 1×1×1 convolution and [`Kind::unfold`].
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Normalised latents (1 + n, h, w, channels) → what the first layer of the chain takes, for
    /// each latent frame.
    pub fn prepare(&self, latents: &Array) -> Result<Array> {
        self.conv2.forward(&self.statistics.restore(latents)?)
    }

    /// Normalised latents (1 + n, h, w, channels) → pixels in [-1, 1], handed to `write` as they come:
    /// (1, h′, w′, 3) for the first latent frame, then (4t, h′, w′, 3) for the t latent frames that are
    /// taken at a time. They are float32, whatever the type of the weights, which is what the layers
    /// compute in.
    ///
    /// # Errors
    /// MLX's, and the first that `write` returns.
    pub fn decode(
        &self,
        latents: &Array,
        tiling: Tiling,
        write: impl FnMut(&Array) -> Result<()>,
    ) -> Result<()> {
        self.frames(latents, tiling)?.each(write)
    }

    /// The same together with other processes, each of which computes a strip of the pictures and gets all of them.
    ///
    /// # Errors
    /// As [`decode`](Self::decode). Whether `write` fails must be agreed on: each process goes on where it does not.
    pub fn decode_strip(
        &self,
        latents: &Array,
        tiling: Tiling,
        strip: &Strip,
        write: impl FnMut(&Array) -> Result<()>,
    ) -> Result<()> {
        self.strip_frames(latents, tiling, strip)?.each(write)
    }

    /// What [`decode`](Self::decode) hands out, to be asked for.
    pub fn frames(&self, latents: &Array, tiling: Tiling) -> Result<Frames<'_>> {
        self.begin(latents, tiling, None)
    }

    /// What [`decode_strip`](Self::decode_strip) hands out, to be asked for.
    pub fn strip_frames(
        &self,
        latents: &Array,
        tiling: Tiling,
        strip: &Strip,
    ) -> Result<Frames<'_>> {
        self.begin(&strip.cut(latents)?, tiling, Some(strip.clone()))
    }

    fn begin(&self, latents: &Array, tiling: Tiling, strip: Option<Strip>) -> Result<Frames<'_>> {
        Ok(Frames {
            decoder: self,
            prepared: self.prepare(latents)?,
            tiling,
            cache: Cache::of_strip(strip.clone()),
            strip,
            chunk: 0..1,
        })
    }
}

/// Frames as a decoder makes them of latents.
pub struct Frames<'a> {
    decoder: &'a Decoder,
    prepared: Array,
    tiling: Tiling,
    cache: Cache,
    strip: Option<Strip>,
    chunk: Range<i32>,
}

impl Frames<'_> {
    /// The next frames, computed by now; none after the last ones.
    ///
    /// # Errors
    /// MLX's.
    pub fn next_chunk(&mut self) -> Result<Option<Array>> {
        let (chunk, count) = (self.chunk.clone(), self.prepared.dim(0));
        if chunk.start >= count {
            return Ok(None);
        }
        let latents = self.prepared.try_index(chunk.clone())?;
        let Decoder { kind, chain, .. } = self.decoder;
        let pixels = chain.forward(&latents, self.tiling, &mut self.cache)?;
        let pixels = kind.unfold(&pixels)?.as_dtype(Dtype::Float32)?;
        let frames = clip(&pixels, (-1.0, 1.0))?;
        let frames = match &self.strip {
            Some(strip) => strip.picture(&frames)?,
            None => frames,
        };
        frames.eval()?;
        self.chunk = chunk.end..(chunk.end + self.tiling.frames).min(count);
        Ok(Some(frames))
    }

    fn each(mut self, mut write: impl FnMut(&Array) -> Result<()>) -> Result<()> {
        while let Some(frames) = self.next_chunk()? {
            write(&frames)?;
        }
        Ok(())
    }
}
