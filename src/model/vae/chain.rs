//! A half of a VAE is a chain of named layers through which each chunk of a clip passes.

use std::ops::Range;

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use super::layers::RmsNorm;
use super::stage::{DownStage, UpStage};
use super::{Attention, Cache, CausalConv, Downsample, Residual, Upsample};
use crate::Result;
use crate::model::nn::silu;
use crate::weights::Weights;

/// One layer of an encoder or a decoder.
pub enum Layer {
    /// A causal convolution.
    Conv(CausalConv),
    /// A residual block.
    Residual(Residual),
    /// Attention within each frame.
    Attention(Attention),
    /// Halving, as the 2.1 VAE has it.
    Downsample(Downsample),
    /// Doubling, as the 2.1 VAE has it.
    Upsample(Upsample),
    /// A stage of the 2.2 encoder.
    Down(DownStage),
    /// A stage of the 2.2 decoder.
    Up(UpStage),
    /// A norm, an activation and the last convolution.
    Head(Head),
}

impl Layer {
    /// (t, h, w, in) → (t′, h′, w′, out)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        match self {
            Self::Conv(layer) => layer.forward(x, cache),
            Self::Residual(layer) => layer.forward(x, cache),
            Self::Attention(layer) => layer.forward(x),
            Self::Downsample(layer) => layer.forward(x, cache),
            Self::Upsample(layer) => layer.forward(x, cache),
            Self::Down(layer) => layer.forward(x, cache),
            Self::Up(layer) => layer.forward(x, cache),
            Self::Head(layer) => layer.forward(x, cache),
        }
    }
}

/// The last layers of a half.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `Encoder3d.head`, `Decoder3d.head`.
pub struct Head {
    norm: RmsNorm,
    conv: CausalConv,
}

impl Head {
    /// Reads the layers.
    pub fn load(weights: &Weights, (inputs, outputs): (i32, i32)) -> Result<Self> {
        Ok(Self {
            norm: RmsNorm::load(weights, "0", inputs, 3)?,
            conv: CausalConv::load(weights, "2", (inputs, outputs), 3)?,
        })
    }

    fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        self.conv.forward(&silu(&self.norm.forward(x)?)?, cache)
    }
}

/// The layers of an encoder or a decoder with their official names, in order.
#[derive(Default)]
pub struct Chain {
    layers: Vec<(String, Layer)>,
    /// Those that keep the number of frames and work on the largest pictures.
    largest: Range<usize>,
}

impl Chain {
    /// Appends a layer.
    pub fn push(&mut self, name: impl Into<String>, layer: Layer) {
        self.layers.push((name.into(), layer));
    }

    /// Tells that the layers pushed so far keep the number of frames and work on the largest
    /// pictures: the beginning of an encoder.
    pub fn end_largest(&mut self) {
        self.largest.end = self.layers.len();
    }

    /// Tells that the layers pushed from here on do so: the end of a decoder.
    pub fn begin_largest(&mut self) {
        self.largest = self.layers.len()..usize::MAX;
    }

    /// Appends what stands between the two halves' stages: residual, attention, residual.
    pub fn push_middle(&mut self, weights: &Weights, channels: i32) -> Result<()> {
        let middle = weights.at("middle");
        for i in [0, 2] {
            let layer = Residual::load(&middle.at(i), (channels, channels))?;
            self.push(format!("middle.{i}"), Layer::Residual(layer));
            if i == 0 {
                let layer = Attention::load(&middle.at(1), channels)?;
                self.push("middle.1", Layer::Attention(layer));
            }
        }
        Ok(())
    }

    /// The layers with their names, in order.
    pub fn layers(&self) -> impl Iterator<Item = (&str, &Layer)> {
        self.layers
            .iter()
            .map(|(name, layer)| (name.as_str(), layer))
    }

    /// Passes the next chunk of a clip, (t, h, w, in) → (t′, h′, w′, out), through every layer.
    ///
    /// Through the layers with the largest pictures its frames pass one at a time. To a causal layer
    /// that is the same, and memory is what a single frame needs.
    pub fn forward(&self, chunk: &Array, cache: &mut Cache) -> Result<Array> {
        cache.rewind();
        let end = self.largest.end.min(self.layers.len());
        let x = pass(&self.layers[..self.largest.start], chunk, cache)?;
        let x = one_at_a_time(&self.layers[self.largest.start..end], &x, cache)?;
        pass(&self.layers[end..], &x, cache)
    }
}

fn pass(layers: &[(String, Layer)], x: &Array, cache: &mut Cache) -> Result<Array> {
    layers
        .iter()
        .try_fold(x.clone(), |x, (_, layer)| layer.forward(&x, cache))
}

fn one_at_a_time(layers: &[(String, Layer)], x: &Array, cache: &mut Cache) -> Result<Array> {
    let begin = cache.position();
    let frames = (0..x.dim(0)).map(|i| {
        cache.return_to(begin);
        let frame = pass(layers, &x.try_index(i..i + 1)?, cache)?;
        frame.eval()?;
        Ok(frame)
    });
    Ok(concatenate(&frames.collect::<Result<Vec<_>>>()?, 0)?)
}
