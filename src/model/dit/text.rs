//! From the text encoder's features to the width of the blocks.

use mlx_rs::Array;
use mlx_rs::ops::pad;

use crate::Result;
use crate::model::nn::gelu_tanh;
use crate::weights::{Linear, Weights};

/// Wan2.2 `wan/modules/model.py`, `text_embedding`.
pub struct TextEmbedding {
    layers: [Linear; 2],
    length: i32,
}

impl TextEmbedding {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights, dim: i32, length: i32) -> Result<Self> {
        let width = weights.side("0.weight", 1)?;
        Ok(Self {
            layers: [
                weights.affine("0", width, dim)?,
                weights.affine("2", dim, dim)?,
            ],
            length,
        })
    }

    /// The number of tokens that every prompt is padded to.
    pub fn length(&self) -> i32 {
        self.length
    }

    /// (tokens, text width) → (1, text length, dim)
    ///
    /// The padding is zeros *before* these layers, and attention sees it: the weights were trained
    /// so.
    pub fn forward(&self, features: &Array) -> Result<Array> {
        let missing = (self.length - features.dim(0)).max(0);
        let padded = pad(features, &[(0, missing), (0, 0)], None, None)?;
        let hidden = gelu_tanh(&self.layers[0].forward(&padded)?)?;
        Ok(self.layers[1].forward(&hidden)?.expand_dims(0)?)
    }
}
