//! Scaled dot-product attention.

use mlx_rs::fast::{ScaledDotProductAttentionMask as Mask, scaled_dot_product_attention};
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use crate::Result;

/// The most scores that are held at once where MLX has no fused kernel: 1 GiB in float32.
const MOST_SCORES: i64 = 1 << 28;
/// MLX's fused kernels take no larger heads.
const WIDEST_FUSED_HEAD: i32 = 128;

/// softmax(q kᵀ / √width) v over (batch, heads, tokens, width).
///
/// MLX fuses this only for half-precision types and narrow heads; elsewhere the queries are taken
/// in groups, so that the scores never fill the memory.
pub fn attention(queries: &Array, keys: &Array, values: &Array) -> Result<Array> {
    let width = queries.dim(3);
    let scale = (width as f32).sqrt().recip();
    let attend = |queries: &Array| -> Result<Array> {
        Ok(scaled_dot_product_attention(
            queries,
            keys,
            values,
            scale,
            None::<Mask>,
            None,
        )?)
    };
    let fused = width <= WIDEST_FUSED_HEAD && queries.dtype() != Dtype::Float32;
    let scores_a_query =
        i64::from(queries.dim(0)) * i64::from(queries.dim(1)) * i64::from(keys.dim(2));
    let group = (MOST_SCORES / scores_a_query).max(1);
    let tokens = queries.dim(2);
    if fused || group >= i64::from(tokens) {
        return attend(queries);
    }
    let group = i32::try_from(group).unwrap_or(tokens);
    let mut parts = Vec::new();
    let mut start = 0;
    while start < tokens {
        let end = (start + group).min(tokens);
        let part = attend(&queries.try_index((.., .., start..end))?)?;
        eval([&part])?;
        parts.push(part);
        start = end;
    }
    Ok(concatenate(&parts, 2)?)
}
