//! How much each token heeds each other for where it stands: T5's relative positions.

use mlx_rs::Array;
use mlx_rs::ops::indexing::take_axis;

use crate::Result;
use crate::weights::Weights;

/// Distances from here on all fall into the last bucket.
const FARTHEST: f32 = 128.0;

/// The bucket of a key that stands `relative` places after its query, of `count` buckets.
///
/// Half of the buckets are for keys that come after. Of each half, one half holds single near
/// distances, the other ever wider ranges of far ones. The arithmetic is float32, as where the
/// weights were trained: rounding decides at the edges.
///
/// Wan2.2 `wan/modules/t5.py`, `T5RelativeEmbedding._relative_position_bucket`, bidirectional.
pub fn bucket(relative: i32, count: i32) -> i32 {
    let side = count / 2;
    let start = if relative > 0 { side } else { 0 };
    let distance = relative.abs();
    let near = side / 2;
    if distance < near {
        return start + distance;
    }
    let scale = (FARTHEST / near as f32).ln();
    let octaves = (distance as f32 / near as f32).ln() / scale;
    let far = near + (octaves * (side - near) as f32) as i32;
    start + far.min(side - 1)
}

/// A layer's own table of what is added to its scores.
#[derive(Debug, Clone)]
pub struct PositionBias {
    table: Array, // (buckets, heads)
}

impl PositionBias {
    /// Reads "embedding.weight".
    pub fn load(weights: &Weights, buckets: i32, heads: i32) -> Result<Self> {
        Ok(Self {
            table: weights.tensor("embedding.weight", &[buckets, heads])?,
        })
    }

    /// The bias of every pair of `tokens` tokens: (1, heads, queries, keys).
    pub fn between(&self, tokens: i32) -> Result<Array> {
        let count = self.table.dim(0);
        let buckets: Vec<i32> = (0..tokens)
            .flat_map(|query| (0..tokens).map(move |key| bucket(key - query, count)))
            .collect();
        let buckets = Array::from_slice(&buckets, &[tokens, tokens]);
        let bias = take_axis(self.table.t(), &buckets, 1)?; // (heads, queries, keys)
        Ok(bias.expand_dims(0)?)
    }
}
