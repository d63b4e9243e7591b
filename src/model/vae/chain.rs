//! A half of a VAE is a chain of named layers through which each chunk of a clip passes.

use mlx_rs::Array;

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
pub struct Chain(Vec<(String, Layer)>);

impl Chain {
    /// Appends a layer.
    pub fn push(&mut self, name: impl Into<String>, layer: Layer) {
        self.0.push((name.into(), layer));
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
        self.0.iter().map(|(name, layer)| (name.as_str(), layer))
    }

    /// Passes the next chunk of a clip, (t, h, w, in) → (t′, h′, w′, out), through every layer.
    pub fn forward(&self, chunk: &Array, cache: &mut Cache) -> Result<Array> {
        cache.rewind();
        let mut x = chunk.clone();
        for (_, layer) in self.layers() {
            x = layer.forward(&x, cache)?;
        }
        Ok(x)
    }
}
