//! Layer normalisation with weights of its own.

use mlx_rs::Array;
use mlx_rs::fast::layer_norm;

use crate::Result;
use crate::weights::Weights;

/// (x − mean) / √(variance + ε) · weight + bias, over the last axis.
pub struct LayerNorm {
    weight: Array, // (width)
    bias: Array,   // (width)
    eps: f32,
}

impl LayerNorm {
    /// Reads "weight" and "bias".
    ///
    /// # Errors
    /// One is missing or has another shape.
    pub fn load(weights: &Weights, width: i32, eps: f32) -> Result<Self> {
        Ok(Self {
            weight: weights.tensor("weight", &[width])?,
            bias: weights.tensor("bias", &[width])?,
            eps,
        })
    }

    /// (…, width) → (…, width)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        Ok(layer_norm(x, &self.weight, &self.bias, self.eps)?)
    }
}
