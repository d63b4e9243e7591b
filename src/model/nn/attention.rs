//! Scaled dot-product attention.

use mlx_rs::fast::{ScaledDotProductAttentionMask as Mask, scaled_dot_product_attention};
use mlx_rs::{Array, Dtype};

use super::{Pace, in_parts};
use crate::Result;

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
    in_parts(queries, 2, groups as i32, &mut Pace::steady(), |queries| {
        Ok(scaled_dot_product_attention(
            queries,
            keys,
            values,
            scale,
            None::<Mask>,
            None,
        )?)
    })
}
