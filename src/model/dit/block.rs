//! One layer of the transformer.

use mlx_rs::fast::layer_norm;
use mlx_rs::{Array, Dtype};

use super::attention::{CrossAttention, SelfAttention, TextMemory};
use super::time::VECTORS;
use super::{Config, Modulation, Rope};
use crate::Result;
use crate::model::nn::gelu_tanh;
use crate::weights::{Linear, Weights};

/// The order of the six modulation vectors.
const SHIFT_ATTENTION: i32 = 0;
const SCALE_ATTENTION: i32 = 1;
const GATE_ATTENTION: i32 = 2;
const SHIFT_FEED: i32 = 3;
const SCALE_FEED: i32 = 4;
const GATE_FEED: i32 = 5;

/// Self-attention, cross-attention and feed-forward layer around a float32 residual stream.
///
/// Wan2.2 `wan/modules/model.py`, `WanAttentionBlock`.
pub struct Block {
    modulation: Array, // (1, 6, dim)
    /// Among the tokens of the video.
    pub self_attn: SelfAttention,
    /// To the tokens of the text.
    pub cross_attn: CrossAttention,
    norm3: (Array, Array), // weight and bias, (dim)
    ffn: [Linear; 2],
    eps: f32,
}

impl Block {
    /// Reads the products from `weights` and everything else, as float32, from `exact`.
    pub(super) fn load(
        weights: &Weights,
        exact: &Weights,
        dim: i32,
        config: &Config,
    ) -> Result<Self> {
        let hidden = weights.shape("ffn.0.weight")?[0];
        let part = |name| (weights.at(name), exact.at(name));
        let (self_attn, cross_attn) = (part("self_attn"), part("cross_attn"));
        Ok(Self {
            modulation: exact.tensor("modulation", &[1, VECTORS, dim])?,
            self_attn: SelfAttention::load(&self_attn.0, &self_attn.1, dim, config)?,
            cross_attn: CrossAttention::load(&cross_attn.0, &cross_attn.1, dim, config)?,
            norm3: (
                exact.tensor("norm3.weight", &[dim])?,
                exact.tensor("norm3.bias", &[dim])?,
            ),
            ffn: [
                weights.affine("ffn.0", dim, hidden)?,
                weights.affine("ffn.2", hidden, dim)?,
            ],
            eps: config.eps,
        })
    }

    /// The timestep's vectors with the block's own added.
    pub fn modulate(&self, modulation: &Modulation) -> Result<Modulation> {
        modulation.offset(&self.modulation)
    }

    /// What self-attention sees of the residual stream.
    pub fn attention_input(&self, x: &Array, modulation: &Modulation) -> Result<Array> {
        modulation.norm(x, SHIFT_ATTENTION, SCALE_ATTENTION, self.eps)
    }

    /// What the modulation lets through of self-attention's output.
    pub fn gate_attention(&self, y: &Array, modulation: &Modulation) -> Result<Array> {
        modulation.gate(y, GATE_ATTENTION)
    }

    /// What cross-attention sees of the residual stream.
    pub fn cross_input(&self, x: &Array) -> Result<Array> {
        Ok(layer_norm(x, &self.norm3.0, &self.norm3.1, self.eps)?)
    }

    /// What the feed-forward layer sees of the residual stream.
    pub fn feed_input(&self, x: &Array, modulation: &Modulation) -> Result<Array> {
        modulation.norm(x, SHIFT_FEED, SCALE_FEED, self.eps)
    }

    /// (batch, tokens, dim) → (batch, tokens, dim)
    pub fn feed_forward(&self, x: &Array) -> Result<Array> {
        self.ffn[1].forward(&gelu_tanh(&self.ffn[0].forward(x)?)?)
    }

    /// The residual stream (batch, tokens, dim), float32, one layer on.
    pub fn forward(
        &self,
        x: &Array,
        modulation: &Modulation,
        rope: &Rope,
        memory: &TextMemory,
    ) -> Result<Array> {
        let modulation = self.modulate(modulation)?;
        let y = self
            .self_attn
            .forward(&self.attention_input(x, &modulation)?, rope)?;
        let x = x.add(self.gate_attention(&y, &modulation)?)?;
        let y = self.cross_attn.forward(&self.cross_input(&x)?, memory)?;
        let x = x.add(y.as_dtype(Dtype::Float32)?)?;
        let y = self.feed_forward(&self.feed_input(&x, &modulation)?)?;
        Ok(x.add(modulation.gate(&y, GATE_FEED)?)?)
    }
}
