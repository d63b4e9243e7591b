//! Convolutions over pictures as Apple's GPUs can have them: in strips of rows, so that no dispatch is too long and what
//! Winograd needs besides stays small.

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, conv2d, pad};
use mlx_rs::{Array, Dtype};

use super::EvalPacer;
use super::eval_pacer::budget;
use crate::Result;
use crate::backend::metal::{Conv, ConvPath, MOST_SCRATCH, Number};

/// (n, h, w, in) → (n, h, w, out) by a kernel (out, side, side, in) that keeps the size.
///
/// MLX keeps what Winograd transforms in the type of the picture, where bfloat16 is 36 times as far off as float32
/// convolutions that are rounded afterwards: those are what it gets.
pub fn convolve(x: &Array, weight: &Array, pace: &mut EvalPacer) -> Result<Array> {
    let conv = shape(x, weight);
    let winograd = matches!(conv.path(Number::Bf16), ConvPath::Winograd { .. });
    if x.dtype() == Dtype::Bfloat16 && winograd {
        let [x, weight] = [x, weight].map(|x| x.as_dtype(Dtype::Float32));
        return Ok(in_strips(&x?, &weight?, conv, pace)?.as_dtype(Dtype::Bfloat16)?);
    }
    in_strips(x, weight, conv, pace)
}

fn in_strips(x: &Array, weight: &Array, conv: Conv, pace: &mut EvalPacer) -> Result<Array> {
    let (height, reach) = (x.dim(1), weight.dim(1) / 2);
    let number = match x.dtype() {
        Dtype::Float32 => Number::F32,
        _ => Number::F16,
    };
    let rows = rows_at_once(conv, number)? as i32;
    if rows >= height {
        return Ok(conv2d(x, weight, (1, 1), (reach, reach), None, None)?);
    }
    let around = [(0, 0), (reach, reach), (0, 0), (0, 0)];
    let padded = pad(x, &around, None, None)?;
    let row = conv.multiply_adds(number) / conv.height.max(1);
    let mut strips = Vec::new();
    for from in (0..height).step_by(rows as usize) {
        let to = (from + rows).min(height);
        let seen = padded.try_index((.., from..to + 2 * reach))?;
        let strip = conv2d(seen, weight, (1, 1), (0, reach), None, None)?;
        pace.start_part(&strip, row * u64::from((to - from).unsigned_abs()))?;
        strips.push(strip);
    }
    Ok(concatenate(&strips, 1)?)
}

/// (n, 2h + 1, 2w + 1, in) → (n, h, w, out) by a kernel (out, 3, 3, in) that moves two pixels at a time, in strips as well.
pub fn halve(x: &Array, weight: &Array, pace: &mut EvalPacer) -> Result<Array> {
    let made = (x.dim(1) - 1) / 2;
    let conv = Conv {
        stride: 2,
        ..shape(x, weight)
    };
    let row = conv.multiply_adds(Number::F32) / u64::from(made.unsigned_abs()).max(1);
    let rows = budget()?.indices(made.unsigned_abs().into(), row, 1) as i32;
    if rows >= made {
        return Ok(conv2d(x, weight, (2, 2), (0, 0), None, None)?);
    }
    let mut strips = Vec::new();
    for from in (0..made).step_by(rows as usize) {
        let to = (from + rows).min(made);
        let seen = x.try_index((.., 2 * from..2 * to + 1))?;
        let strip = conv2d(seen, weight, (2, 2), (0, 0), None, None)?;
        pace.start_part(&strip, row * u64::from((to - from).unsigned_abs()))?;
        strips.push(strip);
    }
    Ok(concatenate(&strips, 1)?)
}

/// As many rows as one dispatch and its scratch may have.
fn rows_at_once(conv: Conv, number: Number) -> Result<u64> {
    let rows = conv.rows_within(number, budget()?.multiply_adds());
    Ok(match conv.path(number) {
        ConvPath::Winograd { scratch } => {
            let share = conv.height * MOST_SCRATCH / scratch.max(1);
            rows.min((share / 6 * 6).max(6))
        }
        _ => rows,
    })
}

fn shape(x: &Array, weight: &Array) -> Conv {
    let side = |x: &Array, axis: i32| u64::from(x.dim(axis).unsigned_abs());
    Conv {
        pictures: side(x, 0),
        height: side(x, 1),
        width: side(x, 2),
        inputs: side(x, 3),
        outputs: side(weight, 0),
        side: side(weight, 1),
        stride: 1,
    }
}
