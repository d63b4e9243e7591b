//! A half of a VAE is a chain of named layers through which each chunk of a clip passes.

use std::ops::Range;

use mlx_rs::Array;
use mlx_rs::ops::concatenate;

use super::layers::RmsNorm;
use super::stage::{DownStage, UpStage};
use super::{Attention, Cache, CausalConv, Downsample, Residual, Tiling, Upsample};
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
            Self::Attention(layer) => layer.forward_in(x, cache.strip()),
            Self::Downsample(layer) => layer.forward(x, cache),
            Self::Upsample(layer) => layer.forward(x, cache),
            Self::Down(layer) => layer.forward(x, cache),
            Self::Up(layer) => layer.forward(x, cache),
            Self::Head(layer) => layer.forward(x, cache),
        }
    }

    /// Whether it makes one frame of two.
    fn halves_time(&self) -> bool {
        match self {
            Self::Downsample(layer) => layer.halves_time(),
            Self::Down(layer) => layer.halves_time(),
            _ => false,
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
        self.largest = 0..self.layers.len();
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
    /// It passes a few frames at a time. To causal layers that is the same, and memory is what those
    /// frames need.
    pub fn forward(&self, chunk: &Array, tiling: Tiling, cache: &mut Cache) -> Result<Array> {
        cache.rewind();
        Pass {
            chain: self,
            tiling,
            cache,
        }
        .through(0..self.layers.len(), chunk)
    }
}

/// A chunk's way through a chain.
struct Pass<'a> {
    chain: &'a Chain,
    tiling: Tiling,
    cache: &'a mut Cache,
}

impl Pass<'_> {
    fn through(&mut self, layers: Range<usize>, x: &Array) -> Result<Array> {
        if x.dim(0) > self.tiling.frames {
            return self.in_parts(layers, x);
        }
        let Range { start, end } = self.chain.largest;
        let mut x = x.clone();
        for i in layers.clone() {
            if i == start {
                x = self.in_tiles(start..end.min(layers.end), &x)?;
            } else if !(start..end).contains(&i) {
                x = self.layer(i, &x)?;
            }
            if x.dim(0) > self.tiling.frames {
                return self.through(i + 1..layers.end, &x);
            }
        }
        Ok(x)
    }

    /// Many frames a few at a time or, where a layer makes one frame of two, by halves.
    fn in_parts(&mut self, layers: Range<usize>, x: &Array) -> Result<Array> {
        let halves = |i: &usize| self.chain.layers[*i].1.halves_time();
        let halving = layers.clone().rev().find(halves);
        let frames = match halving {
            None => self.tiling.frames,
            Some(_) => x.dim(0) / 2,
        };
        let before = layers.start..halving.unwrap_or(layers.end);
        let begin = self.cache.position();
        let ends: Vec<_> = (frames..x.dim(0)).step_by(frames as usize).collect();
        let parts = x.split_at_indices(&ends, 0)?;
        let parts = parts.iter().map(|part| {
            self.cache.return_to(begin);
            let part = self.through(before.clone(), part)?;
            part.eval()?;
            Ok(part)
        });
        let x = concatenate(&parts.collect::<Result<Vec<_>>>()?, 0)?;
        match halving {
            None => Ok(x),
            Some(i) => {
                let x = self.layer(i, &x)?;
                self.through(i + 1..layers.end, &x)
            }
        }
    }

    /// A few frames through the layers with the largest pictures.
    fn in_tiles(&mut self, layers: Range<usize>, x: &Array) -> Result<Array> {
        self.tiling.each(x, |tile| {
            layers
                .clone()
                .try_fold(tile.clone(), |x, i| self.layer(i, &x))
        })
    }

    fn layer(&mut self, i: usize, x: &Array) -> Result<Array> {
        self.chain.layers[i].1.forward(x, self.cache)
    }
}
