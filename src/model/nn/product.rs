//! Products of many rows.

use mlx_rs::Array;

use super::{Cut, EvalPacer, in_parts};
use crate::Result;
use crate::weights::Linear;

/// (batch, rows, in) → (batch, rows, `outputs`), in parts where one dispatch would be too long.
pub fn product(linear: &Linear, x: &Array, outputs: i32) -> Result<Array> {
    let number = |side: i32| u64::from(side.unsigned_abs());
    let cut = Cut {
        most: i64::MAX,
        multiply_adds: number(x.dim(0)) * number(x.dim(2)) * number(outputs),
        grain: 1,
    };
    in_parts(x, 1, cut, &mut EvalPacer::steady(), |x| linear.forward(x))
}
