//! The gated feed-forward network of the text encoder.

use mlx_rs::Array;

use super::Config;
use crate::Result;
use crate::model::nn::gelu_tanh;
use crate::weights::{Linear, Weights};

/// Wan2.2 `wan/modules/t5.py`, `T5FeedForward`.
#[derive(Debug, Clone)]
pub struct FeedForward {
    gate: Linear,
    up: Linear,
    down: Linear,
}

impl FeedForward {
    /// Reads "gate.0", "fc1" and "fc2".
    pub fn load(weights: &Weights, config: &Config) -> Result<Self> {
        let (width, inner) = (config.width, config.feed_forward);
        Ok(Self {
            gate: weights.linear("gate.0", width, inner)?,
            up: weights.linear("fc1", width, inner)?,
            down: weights.linear("fc2", inner, width)?,
        })
    }

    /// (tokens, width) → (tokens, width)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let gate = gelu_tanh(&self.gate.forward(x)?)?;
        self.down.forward(&self.up.forward(x)?.multiply(gate)?)
    }
}
