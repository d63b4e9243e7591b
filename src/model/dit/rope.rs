//! Rotary position embedding over frame, row and column.

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use super::Grid;
use crate::Result;
use crate::group::Share;
use crate::model::nn::Fused;

/// The longest wave's period is 2π times this.
const BASE: f64 = 10_000.0;

thread_local! {
    static ROTATE: Fused<4> = const {
        Fused::new(|[real, from_real, imaginary, from_imaginary]| {
            real.multiply(from_real)?
                .add(imaginary.multiply(from_imaginary)?)
        })
    };
}

/// A rotation for each token and each pair of neighbouring elements of a head: the real and the
/// imaginary part of a complex number.
///
/// Wan2.2 `wan/modules/model.py`, `rope_params` and `rope_apply`.
pub struct Rope {
    from_real: Array,      // (1, tokens, 1, head width / 2, 2): cos and sin
    from_imaginary: Array, // (1, tokens, 1, head width / 2, 2): -sin and cos
    /// Which of the video's tokens these are, where other processes have the others.
    share: Option<Share>,
}

impl Rope {
    /// Angles are computed in float64 and rounded once.
    pub fn new(grid: Grid, head_width: i32) -> Result<Self> {
        let pairs = head_width / 2;
        let side = pairs / 3;
        let axes = [pairs - 2 * side, side, side];
        let (mut from_real, mut from_imaginary) = (Vec::new(), Vec::new());
        for frame in 0..grid.frames {
            for row in 0..grid.height {
                for column in 0..grid.width {
                    for (position, pairs) in [frame, row, column].into_iter().zip(axes) {
                        for (sin, cos) in rotations_at(position, pairs) {
                            from_real.extend([cos, sin]);
                            from_imaginary.extend([-sin, cos]);
                        }
                    }
                }
            }
        }
        let shape = [1, grid.frames * grid.tokens_in_frame(), 1, pairs, 2];
        Ok(Self {
            from_real: Array::from_slice(&from_real, &shape),
            from_imaginary: Array::from_slice(&from_imaginary, &shape),
            share: None,
        })
    }

    /// The rotations of the tokens that this process has.
    ///
    /// # Errors
    /// MLX's.
    pub fn shared(self, share: Share) -> Result<Self> {
        let own = |table: &Array| -> Result<Array> {
            let own = share.cut(table, 1)?.contiguous()?;
            own.eval()?;
            Ok(own)
        };
        Ok(Self {
            from_real: own(&self.from_real)?,
            from_imaginary: own(&self.from_imaginary)?,
            share: Some(share),
        })
    }

    /// Which of the video's tokens this process has, where it has not all.
    pub fn share(&self) -> Option<&Share> {
        self.share.as_ref()
    }

    /// The rotated keys and the values of all tokens, of those that are here, (batch, tokens, heads, head width) each.
    pub(super) fn of_all(&self, keys: Array, values: Array) -> Result<(Array, Array)> {
        let Some(share) = &self.share else {
            return Ok((keys, values));
        };
        let batch = keys.dim(0);
        // One exchange for both.
        let all = share.whole(&concatenate(&[keys, values], 0)?, 1)?;
        let mut both = all.split_at_indices(&[batch], 0)?.into_iter();
        let keys = both.next().unwrap_or_else(|| all.clone());
        Ok((keys, both.next().unwrap_or(all)))
    }

    /// (batch, tokens, heads, head width) → the same.
    pub fn rotate(&self, x: &Array) -> Result<Array> {
        let pairs = x.reshape(&[x.dim(0), x.dim(1), x.dim(2), -1, 2])?;
        let real = pairs.try_index((.., .., .., .., ..1))?;
        let imaginary = pairs.try_index((.., .., .., .., 1..))?;
        let inputs = [&real, &self.from_real, &imaginary, &self.from_imaginary];
        let rotated = ROTATE.with(|rotate| rotate.apply(inputs, x.dtype()))?;
        Ok(rotated.reshape(x.shape())?)
    }
}

fn rotations_at(position: i32, pairs: i32) -> impl Iterator<Item = (f32, f32)> {
    (0..pairs).map(move |i| {
        let angle = f64::from(position) / BASE.powf(f64::from(i) / f64::from(pairs));
        (angle.sin() as f32, angle.cos() as f32)
    })
}
