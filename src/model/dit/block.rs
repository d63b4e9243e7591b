//! One layer of the transformer.

use mlx_rs::fast::layer_norm;
use mlx_rs::{Array, Dtype};

use super::attention::{CrossAttention, SelfAttention, TextKv};
use super::time::VECTORS;
use super::{Config, Modulation, Rope};
use crate::Result;
use crate::model::nn::{Cut, EvalPacer, Fused, gelu_tanh, in_parts};
use crate::weights::{Linear, Weights};

/// The order of the six modulation vectors.
const SHIFT_ATTENTION: i32 = 0;
const SCALE_ATTENTION: i32 = 1;
const GATE_ATTENTION: i32 = 2;
const SHIFT_FEED: i32 = 3;
const SCALE_FEED: i32 = 4;
const GATE_FEED: i32 = 5;

/// The most tokens that the feed-forward layer takes at once: it is several times as wide as what
/// it takes, and so the largest thing in memory.
const MOST_FEED_ROWS: i32 = 16_384;

thread_local! {
    static ADD: Fused<2> = const { Fused::new(|[x, y]| x.add(y)) };
}

/// Self-attention, cross-attention and feed-forward layer around a float32 residual stream.
///
/// Wan2.2 `wan/modules/model.py`, `WanAttentionBlock`.
pub struct Block {
    modulation: Array, // (1, 6, dim)
    /// Among the tokens of the video.
    pub self_attn: SelfAttention,
    /// To the tokens of the text and of pictures.
    pub cross_attn: CrossAttention,
    norm3: (Array, Array), // weight and bias, (dim)
    ffn: [Linear; 2],
    hidden: i32,
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
        let hidden = weights.side("ffn.0.weight", 0)?;
        Ok(Self {
            modulation: exact.tensor("modulation", &[1, VECTORS, dim])?,
            self_attn: SelfAttention::load(&weights.at("self_attn"), dim, config)?,
            cross_attn: CrossAttention::load(&weights.at("cross_attn"), dim, config)?,
            norm3: (
                exact.tensor("norm3.weight", &[dim])?,
                exact.tensor("norm3.bias", &[dim])?,
            ),
            hidden,
            ffn: [
                weights.product("ffn.0", dim, hidden)?,
                weights.product("ffn.2", hidden, dim)?,
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
        let vectors = (SHIFT_ATTENTION, SCALE_ATTENTION);
        modulation.norm(x, vectors, self.eps, self.ffn[0].dtype())
    }

    /// The residual stream with what the modulation lets through of self-attention's output.
    pub fn add_attention(&self, x: &Array, y: &Array, modulation: &Modulation) -> Result<Array> {
        modulation.add_gated(x, y, GATE_ATTENTION)
    }

    /// What cross-attention sees of the residual stream.
    pub fn cross_input(&self, x: &Array) -> Result<Array> {
        Ok(layer_norm(x, &self.norm3.0, &self.norm3.1, self.eps)?)
    }

    /// What the feed-forward layer sees of the residual stream.
    pub fn feed_input(&self, x: &Array, modulation: &Modulation) -> Result<Array> {
        modulation.norm(x, (SHIFT_FEED, SCALE_FEED), self.eps, self.ffn[0].dtype())
    }

    /// (batch, tokens, dim) → (batch, tokens, dim)
    pub fn feed_forward(&self, x: &Array, pace: &mut EvalPacer) -> Result<Array> {
        let batch = x.dim(0);
        let wide = u64::from(batch.unsigned_abs()) * u64::from(self.hidden.unsigned_abs());
        let cut = Cut {
            most: i64::from(MOST_FEED_ROWS / batch).max(1),
            multiply_adds: 2 * wide * u64::from(x.dim(2).unsigned_abs()),
            grain: 1,
        };
        in_parts(x, 1, cut, pace, |x| {
            self.ffn[1].forward(&gelu_tanh(&self.ffn[0].forward(x)?)?)
        })
    }

    /// The residual stream (batch, tokens, dim), float32, one layer on.
    pub fn forward(
        &self,
        x: &Array,
        modulation: &Modulation,
        rope: &Rope,
        memory: &TextKv,
        pace: &mut EvalPacer,
    ) -> Result<Array> {
        let modulation = self.modulate(modulation)?;
        let y = self
            .self_attn
            .forward(&self.attention_input(x, &modulation)?, rope)?;
        let x = self.add_attention(x, &y, &modulation)?;
        pace.start(&x)?;
        let y = self.cross_attn.forward(&self.cross_input(&x)?, memory)?;
        let x = ADD.with(|add| add.apply([&x, &y], Dtype::Float32))?;
        pace.start(&x)?;
        let y = self.feed_forward(&self.feed_input(&x, &modulation)?, pace)?;
        let x = modulation.add_gated(&x, &y, GATE_FEED)?;
        pace.start(&x)?;
        Ok(x)
    }
}
