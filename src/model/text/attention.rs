//! Self-attention of the text encoder: biased by position, and not scaled.

use mlx_rs::Array;

use super::{Config, PositionBias};
use crate::Result;
use crate::model::nn::attend;
use crate::weights::{Linear, Weights};

/// Wan2.2 `wan/modules/t5.py`, `T5Attention`.
#[derive(Debug, Clone)]
pub struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    heads: i32,
}

impl Attention {
    /// Reads "q", "k", "v" and "o".
    pub fn load(weights: &Weights, config: &Config) -> Result<Self> {
        let (width, inner) = (config.width, config.attention);
        Ok(Self {
            query: weights.linear("q", width, inner)?,
            key: weights.linear("k", width, inner)?,
            value: weights.linear("v", width, inner)?,
            out: weights.linear("o", inner, width)?,
            heads: config.heads,
        })
    }

    /// (tokens, width) → (tokens, width)
    pub fn forward(&self, x: &Array, bias: &PositionBias) -> Result<Array> {
        const SCALE: f32 = 1.0;
        let tokens = x.dim(0);
        let split = |linear: &Linear| -> Result<Array> {
            let heads = linear.forward(x)?.reshape(&[1, tokens, self.heads, -1])?;
            Ok(heads.transpose_axes(&[0, 2, 1, 3])?) // (1, heads, tokens, head width)
        };
        let (queries, keys, values) = (split(&self.query)?, split(&self.key)?, split(&self.value)?);
        let bias = bias.between(tokens)?;
        let mixed = attend(&queries, &keys, &values, SCALE, Some(&bias))?;
        let mixed = mixed
            .transpose_axes(&[0, 2, 1, 3])?
            .reshape(&[tokens, -1])?;
        self.out.forward(&mixed)
    }
}
