//! One layer of the text encoder: attention, then feed-forward, each added to what came in.

use mlx_rs::Array;
use mlx_rs::fast::rms_norm;

use super::{Attention, Config, FeedForward, PositionBias};
use crate::Result;
use crate::weights::Weights;

/// Wan2.2 `wan/modules/t5.py`, `T5SelfAttention`.
#[derive(Debug, Clone)]
pub struct Layer {
    attention_norm: Array, // (width)
    attention: Attention,
    positions: PositionBias,
    feed_forward_norm: Array, // (width)
    feed_forward: FeedForward,
}

impl Layer {
    /// Reads what lies under "blocks.N".
    pub fn load(weights: &Weights, config: &Config) -> Result<Self> {
        let norm = |name| weights.at(name).tensor("weight", &[config.width]);
        Ok(Self {
            attention_norm: norm("norm1")?,
            attention: Attention::load(&weights.at("attn"), config)?,
            positions: PositionBias::load(
                &weights.at("pos_embedding"),
                config.buckets,
                config.heads,
            )?,
            feed_forward_norm: norm("norm2")?,
            feed_forward: FeedForward::load(&weights.at("ffn"), config)?,
        })
    }

    /// (tokens, width) → (tokens, width)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let x = x.add(self.attend(x)?)?;
        Ok(x.add(self.feed_forward(&x)?)?)
    }

    /// What attention adds to `x`.
    pub fn attend(&self, x: &Array) -> Result<Array> {
        self.attention
            .forward(&norm(x, &self.attention_norm)?, &self.positions)
    }

    /// What the feed-forward network adds to `x`.
    pub fn feed_forward(&self, x: &Array) -> Result<Array> {
        self.feed_forward
            .forward(&norm(x, &self.feed_forward_norm)?)
    }

    /// What is added to the scores of every pair of `tokens` tokens: (1, heads, queries, keys).
    pub fn position_bias(&self, tokens: i32) -> Result<Array> {
        self.positions.between(tokens)
    }
}

/// x / √(mean x² + ε) · weight, without centring.
///
/// Wan2.2 `wan/modules/t5.py`, `T5LayerNorm`.
pub(super) fn norm(x: &Array, weight: &Array) -> Result<Array> {
    const EPSILON: f32 = 1e-6;
    Ok(rms_norm(x, Some(weight), EPSILON)?)
}
