//! The vectors that a timestep sets: where each layer's input is scaled and shifted, and how much
//! of its output is let through.

use mlx_rs::Array;
use mlx_rs::fast::layer_norm;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use crate::Result;
use crate::model::nn::scalar;

/// Vectors for each distinct timestep: one for all tokens, or the first for the leading tokens of
/// a clean first frame and the second for the rest.
pub struct Modulation {
    vectors: Array, // (distinct timesteps, vectors, dim), float32
    clean: i32,
}

impl Modulation {
    /// `clean` leading tokens have the first timestep, the others the last.
    pub(super) fn new(vectors: Array, clean: i32) -> Self {
        Self { vectors, clean }
    }

    /// The vectors, (distinct timesteps, vectors, dim).
    pub fn vectors(&self) -> &Array {
        &self.vectors
    }

    /// Adds a layer's own vectors, (1, vectors, dim), to each timestep's.
    pub(super) fn offset(&self, own: &Array) -> Result<Self> {
        Ok(Self::new(self.vectors.add(own)?, self.clean))
    }

    /// LayerNorm(x) · (1 + scale) + shift over (batch, tokens, dim), as one operation: the scale
    /// and the shift are the norm's weight and bias.
    pub(super) fn norm(&self, x: &Array, shift: i32, scale: i32, eps: f32) -> Result<Array> {
        self.for_each_timestep(x, |tokens, row| {
            let weight = self.vector(row, scale)?.add(scalar(1.0, x.dtype())?)?;
            let bias = self.vector(row, shift)?;
            Ok(layer_norm(tokens, &weight, &bias, eps)?)
        })
    }

    /// y · gate over (batch, tokens, dim), in float32.
    pub(super) fn gate(&self, y: &Array, gate: i32) -> Result<Array> {
        self.for_each_timestep(y, |tokens, row| {
            Ok(tokens.multiply(self.vector(row, gate)?)?)
        })
    }

    fn vector(&self, row: i32, index: i32) -> Result<Array> {
        Ok(self.vectors.try_index((row, index))?)
    }

    fn for_each_timestep(
        &self,
        x: &Array,
        apply: impl Fn(&Array, i32) -> Result<Array>,
    ) -> Result<Array> {
        if self.clean == 0 {
            return apply(x, 0);
        }
        let clean = apply(&x.try_index((.., ..self.clean))?, 0)?;
        let noisy = apply(&x.try_index((.., self.clean..))?, 1)?;
        Ok(concatenate(&[clean, noisy], 1)?)
    }
}
