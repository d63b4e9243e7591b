//! Rotary position embedding over frame, row and column.

use mlx_rs::{Array, Dtype, complex64};

use super::Grid;
use crate::Result;

/// The longest wave's period is 2π times this.
const BASE: f64 = 10_000.0;

/// A rotation for each token and each pair of neighbouring elements of a head.
///
/// Wan2.2 `wan/modules/model.py`, `rope_params` and `rope_apply`.
pub struct Rope(Array); // (1, tokens, 1, head width / 2), complex64

impl Rope {
    /// Angles are computed in float64 and rounded once.
    pub fn new(grid: Grid, head_width: i32) -> Result<Self> {
        let pairs = head_width / 2;
        let side = pairs / 3;
        let axes = [pairs - 2 * side, side, side];
        let mut rotations = Vec::new();
        for frame in 0..grid.frames {
            for row in 0..grid.height {
                for column in 0..grid.width {
                    for (position, pairs) in [frame, row, column].into_iter().zip(axes) {
                        rotations.extend(rotations_at(position, pairs));
                    }
                }
            }
        }
        let tokens = grid.frames * grid.tokens_in_frame();
        Ok(Self(Array::from_slice(&rotations, &[1, tokens, 1, pairs])))
    }

    /// (batch, tokens, heads, head width) → the same, float32.
    pub fn rotate(&self, x: &Array) -> Result<Array> {
        let pairs = x.as_dtype(Dtype::Float32)?.view_dtype(Dtype::Complex64)?;
        Ok(pairs.multiply(&self.0)?.view_dtype(Dtype::Float32)?)
    }
}

fn rotations_at(position: i32, pairs: i32) -> impl Iterator<Item = complex64> {
    (0..pairs).map(move |i| {
        let angle = f64::from(position) / BASE.powf(f64::from(i) / f64::from(pairs));
        complex64::new(angle.cos() as f32, angle.sin() as f32)
    })
}
