//! Scaled dot-product attention.

use mlx_rs::fast::{ScaledDotProductAttentionMask as Mask, scaled_dot_product_attention};
use mlx_rs::ops::matmul;
use mlx_rs::{Array, Dtype};

use super::{EvalPacer, in_parts, softmax};
use crate::Result;
use crate::backend::Backend;

/// The most scores in one dispatch where MLX has no fused kernel and holds them: 512 MiB in float32,
/// and two of these may be at work.
const MOST_SCORES: i64 = 1 << 27;
/// The most multiplications in one dispatch: about a second's for a laptop's GPU.
const MOST_PRODUCTS: i64 = 1 << 43;
/// MLX's fused kernels take no larger heads.
const WIDEST_FUSED_HEAD: i32 = 128;

/// softmax(q kᵀ / √width) v over (batch, heads, tokens, width).
///
/// MLX fuses this only for half-precision types and narrow heads. Queries are taken in groups where
/// elsewhere the scores would fill the memory, and where a dispatch would take too long.
pub fn attention(queries: &Array, keys: &Array, values: &Array) -> Result<Array> {
    let width = queries.dim(3);
    let scale = (width as f32).sqrt().recip();
    let fused = width <= WIDEST_FUSED_HEAD && queries.dtype() != Dtype::Float32;
    let most = if fused {
        MOST_PRODUCTS / (2 * i64::from(width))
    } else {
        MOST_SCORES
    };
    let scores_a_query =
        i64::from(queries.dim(0)) * i64::from(queries.dim(1)) * i64::from(keys.dim(2));
    let scores = scores_a_query * i64::from(queries.dim(2));
    let groups = (scores / most + 1).min(queries.dim(2).into());
    in_parts(
        queries,
        2,
        groups as i32,
        &mut EvalPacer::steady(),
        |queries| attend(queries, keys, values, scale, None),
    )
}

/// softmax(scale · q kᵀ + bias) v over (batch, heads, tokens, width), all at once.
pub fn attend(
    queries: &Array,
    keys: &Array,
    values: &Array,
    scale: f32,
    bias: Option<&Array>,
) -> Result<Array> {
    if Backend::current()? != Backend::Cpu {
        return Ok(scaled_dot_product_attention(
            queries,
            keys,
            values,
            scale,
            bias.map(Mask::from),
            None,
        )?);
    }
    // MLX would do the same, but for its slow softmax.
    let queries = queries.multiply(Array::from_f32(scale).as_dtype(queries.dtype())?)?;
    let mut scores = matmul(queries, keys.transpose_axes(&[0, 1, 3, 2])?)?;
    if let Some(bias) = bias {
        scores = scores.add(bias)?;
    }
    Ok(matmul(softmax(&scores)?, values)?)
}
