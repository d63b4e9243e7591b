//! Scaled dot-product attention.

use mlx_rs::fast::{ScaledDotProductAttentionMask as Mask, scaled_dot_product_attention};
use mlx_rs::ops::{concatenate, matmul};
use mlx_rs::{Array, Dtype};

use super::eval_pacer::budget;
use super::{Cut, EvalPacer, softmax};
use crate::Result;
use crate::backend::Backend;

/// The most scores in one dispatch where MLX has no fused kernel and holds them: 512 MiB in float32,
/// and two of these may be at work.
const MOST_SCORES: i64 = 1 << 27;
/// MLX's fused kernels take no larger heads.
const WIDEST_FUSED_HEAD: i32 = 128;
/// Queries come in groups of so many, for which Metal's kernel needs no checks of bounds.
const QUERIES: i32 = 64;

/// softmax(q kᵀ / √width) v over (batch, heads, tokens, width).
///
/// MLX fuses this for narrow heads, on CUDA only in half-precision types. Queries are taken in groups where elsewhere the
/// scores would fill the memory, and where a dispatch would take too long; heads too, where even one group of queries would.
pub fn attention(queries: &Array, keys: &Array, values: &Array) -> Result<Array> {
    let (batch, heads, width) = (queries.dim(0), queries.dim(1), queries.dim(3));
    let number = |side: i32| u64::from(side.unsigned_abs());
    let scores = number(batch) * number(keys.dim(2));
    let multiply_adds = 2 * scores * number(width);
    let at_once = budget()?.indices(number(heads), number(QUERIES) * multiply_adds, 1);
    if at_once < number(heads) {
        return by_heads(queries, keys, values, at_once as i32);
    }

    let fused = is_fused(Backend::current()?, width, queries.dtype());
    let cut = Cut {
        most: if fused {
            i64::MAX
        } else {
            (MOST_SCORES / (scores * number(heads)).max(1) as i64).max(1)
        },
        multiply_adds: multiply_adds * number(heads),
        grain: if fused { QUERIES } else { 1 },
    };
    let scale = (width as f32).sqrt().recip();
    let ends = cut.ends(queries.dim(2))?;
    if ends.is_empty() {
        return attend(queries, keys, values, scale, None);
    }
    let mut pace = EvalPacer::steady();
    let mut groups = Vec::new();
    for queries in queries.split_at_indices(&ends, 2)? {
        // Tokens first: then what is put together are whole pieces of memory.
        let group = attend(&queries, keys, values, scale, None)?.transpose_axes(&[0, 2, 1, 3])?;
        pace.start_part(&group, number(queries.dim(2)) * cut.multiply_adds)?;
        groups.push(group);
    }
    Ok(concatenate(&groups, 1)?.transpose_axes(&[0, 2, 1, 3])?)
}

/// Whether MLX never holds the scores as a whole.
fn is_fused(backend: Backend, width: i32, dtype: Dtype) -> bool {
    width <= WIDEST_FUSED_HEAD && (dtype != Dtype::Float32 || backend == Backend::Metal)
}

/// [`attention`] for so many heads at a time.
fn by_heads(queries: &Array, keys: &Array, values: &Array, at_once: i32) -> Result<Array> {
    let ends: Vec<i32> = (at_once..queries.dim(1))
        .step_by(at_once.unsigned_abs() as usize)
        .collect();
    let [queries, keys, values] = [queries, keys, values].map(|x| x.split_at_indices(&ends, 1));
    let (queries, keys, values) = (queries?, keys?, values?);
    let groups = queries.iter().zip(&keys).zip(&values);
    let groups = groups.map(|((queries, keys), values)| attention(queries, keys, values));
    Ok(concatenate(&groups.collect::<Result<Vec<_>>>()?, 1)?)
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
