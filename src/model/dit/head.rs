//! From the residual stream to patches of velocity.

use mlx_rs::Array;

use super::Modulation;
use crate::Result;
use crate::weights::{Linear, Weights};

/// The order of the two modulation vectors.
const SHIFT: i32 = 0;
const SCALE: i32 = 1;

/// Wan2.2 `wan/modules/model.py`, `Head`; in float32.
pub struct Head {
    modulation: Array, // (1, 2, dim)
    out: Linear,
    eps: f32,
}

impl Head {
    /// Reads the layer.
    pub(super) fn load(weights: &Weights, dim: i32, eps: f32) -> Result<Self> {
        let outputs = weights.side("head.weight", 0)?;
        Ok(Self {
            modulation: weights.tensor("modulation", &[1, 2, dim])?,
            out: weights.affine("head", dim, outputs)?,
            eps,
        })
    }

    /// (batch, tokens, dim) → (batch, tokens, 4 · channels); `embedding` is the timestep's own,
    /// before its projection.
    pub fn forward(&self, x: &Array, embedding: &Modulation) -> Result<Array> {
        let modulation = embedding.offset(&self.modulation)?;
        let x = modulation.norm(x, (SHIFT, SCALE), self.eps, self.out.dtype())?;
        self.out.forward(&x)
    }
}
