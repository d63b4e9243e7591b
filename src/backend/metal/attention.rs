//! Which kernel attention runs through.
//!
//! MLX 0.32.2
//! [`scaled_dot_product_attention.cpp`, `has_fused_kernel`](https://github.com/ml-explore/mlx/blob/846d176227a0ac13d2667e58d2bb68b322109ab0/mlx/backend/metal/scaled_dot_product_attention.cpp#L633).

use super::Number;

/// Head widths of the fused kernel, whatever the type. It knows 192 and 256 too, and leaves these to products, which are
/// faster.
const FUSED_WIDTHS: [u64; 5] = [64, 72, 80, 96, 128];
/// Up to this many queries another kernel takes over.
const VECTOR_QUERIES: u64 = 8;

/// How the scores of attention are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttentionPath {
    /// Never as a whole.
    Fused,
    /// As an array of so many bytes, once for the scores and once for their softmax.
    Scores(u64),
}

/// The path for heads of `width` with so many queries and keys; `rows` counts batch and heads together.
pub fn attention_path(
    width: u64,
    number: Number,
    rows: u64,
    queries: u64,
    keys: u64,
) -> AttentionPath {
    if queries > VECTOR_QUERIES && FUSED_WIDTHS.contains(&width) {
        return AttentionPath::Fused;
    }
    AttentionPath::Scores(rows * queries * keys * number.bytes())
}
