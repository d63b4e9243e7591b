//! The Wan2.2 VAE: 48 channels, one latent for 4 frames of 16 × 16 pixels.
//!
//! Wan2.2 `wan/modules/vae2_2.py`, `WanVAE_`.

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use super::chain::{Chain, Head, Layer};
use super::layers::pointwise;
use super::shortcut::{patchify, unpatchify};
use super::stage::{DownStage, Scale, UpStage};
use super::{Cache, CausalConv, Statistics};
use crate::Result;
use crate::weights::{Linear, Weights};

/// The width of each stage, as a multiple of the narrowest.
const WIDTHS: [i32; 4] = [1, 2, 4, 4];
/// How each stage of the encoder changes the size; the decoder undoes it in reverse.
const SCALES: [Scale; 4] = [
    Scale::Space,
    Scale::SpaceAndTime,
    Scale::SpaceAndTime,
    Scale::None,
];
/// Residual blocks in a stage of the encoder; the decoder has one more.
const BLOCKS: i32 = 2;
/// The channels of a 2 × 2 patch of RGB pixels.
const PATCH_CHANNELS: i32 = 12;
/// Frames that become one latent frame, after the first.
const TIME_STRIDE: i32 = 4;

/// From pixels to latents.
pub struct Encoder {
    chain: Chain,
    conv1: Linear,
    statistics: Statistics,
}

impl Encoder {
    /// Reads the encoder's half of the VAE, as float32.
    pub fn load(weights: &Weights) -> Result<Self> {
        let statistics = Statistics::wan22();
        let moments = 2 * statistics.channels();
        let encoder = weights.at("encoder");
        let narrowest = encoder.shape("conv1.weight")?[0];
        let mut chain = Chain::default();

        let conv = CausalConv::load(&encoder, "conv1", (PATCH_CHANNELS, narrowest), 3)?;
        chain.push("conv1", Layer::Conv(conv));
        let mut width = narrowest;
        for (i, (multiple, scale)) in WIDTHS.into_iter().zip(SCALES).enumerate() {
            let channels = (width, narrowest * multiple);
            let stage = DownStage::load(&encoder.at("downsamples").at(i), channels, BLOCKS, scale)?;
            chain.push(format!("downsamples.{i}"), Layer::Down(stage));
            width = channels.1;
        }
        chain.push_middle(&encoder, width)?;
        let head = Head::load(&encoder.at("head"), (width, moments))?;
        chain.push("head", Layer::Head(head));

        Ok(Self {
            chain,
            conv1: pointwise(weights, "conv1", (moments, moments), 3)?,
            statistics,
        })
    }

    /// The layers between [`patchify`] and the 1×1×1 convolution.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Pixels in [-1, 1], (1 + 4n, h, w, 3) → normalised latents (1 + n, h/16, w/16, 48).
    pub fn encode(&self, clip: &Array) -> Result<Array> {
        let mut cache = Cache::default();
        let mut latents = Vec::new();
        let (mut start, mut end) = (0, 1);
        while start < clip.dim(0) {
            let chunk = patchify(&clip.try_index(start..end)?)?;
            let latent = self.chain.forward(&chunk, &mut cache)?;
            latent.eval()?;
            latents.push(latent);
            (start, end) = (end, end + TIME_STRIDE);
        }
        let moments = self.conv1.forward(&concatenate(&latents, 0)?)?;
        let mean = moments.try_index((.., .., .., ..self.statistics.channels()))?;
        self.statistics.normalise(&mean)
    }
}

/// From latents to pixels.
pub struct Decoder {
    chain: Chain,
    conv2: Linear,
    statistics: Statistics,
}

impl Decoder {
    /// Reads the decoder's half of the VAE.
    pub fn load(weights: &Weights) -> Result<Self> {
        let statistics = Statistics::wan22();
        let latent = statistics.channels();
        let decoder = weights.at("decoder");
        let widest = decoder.shape("conv1.weight")?[0];
        let narrowest = widest / WIDTHS[WIDTHS.len() - 1];
        let mut chain = Chain::default();

        let conv = CausalConv::load(&decoder, "conv1", (latent, widest), 3)?;
        chain.push("conv1", Layer::Conv(conv));
        chain.push_middle(&decoder, widest)?;
        let mut width = widest;
        let scales = SCALES[..3].iter().rev().chain(&SCALES[3..]);
        for (i, (multiple, &scale)) in WIDTHS.into_iter().rev().zip(scales).enumerate() {
            let channels = (width, narrowest * multiple);
            let stage = UpStage::load(&decoder.at("upsamples").at(i), channels, BLOCKS + 1, scale)?;
            chain.push(format!("upsamples.{i}"), Layer::Up(stage));
            width = channels.1;
        }
        let head = Head::load(&decoder.at("head"), (width, PATCH_CHANNELS))?;
        chain.push("head", Layer::Head(head));

        Ok(Self {
            chain,
            conv2: pointwise(weights, "conv2", (latent, latent), 3)?,
            statistics,
        })
    }

    /// The layers between the 1×1×1 convolution and [`unpatchify`].
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Normalised latents (1 + n, h, w, 48) → what the first layer of the chain takes, for each
    /// latent frame.
    pub fn prepare(&self, latents: &Array) -> Result<Array> {
        self.conv2.forward(&self.statistics.restore(latents)?)
    }

    /// Normalised latents (1 + n, h, w, 48) → pixels in [-1, 1], (1, 16h, 16w, 3) for the first
    /// latent frame and (4, 16h, 16w, 3) for each later one, handed to `write` as they come.
    ///
    /// # Errors
    /// MLX's, and the first that `write` returns.
    pub fn decode(
        &self,
        latents: &Array,
        mut write: impl FnMut(&Array) -> Result<()>,
    ) -> Result<()> {
        let prepared = self.prepare(latents)?;
        let mut cache = Cache::default();
        for i in 0..prepared.dim(0) {
            let chunk = prepared.try_index(i..i + 1)?;
            let frames = unpatchify(&self.chain.forward(&chunk, &mut cache)?)?;
            let frames = mlx_rs::ops::clip(&frames, (-1.0, 1.0))?;
            frames.eval()?;
            write(&frames)?;
        }
        Ok(())
    }
}
