//! One layer of the image encoder: attention, then feed-forward, each added to what came in.

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;

use super::{EPS, HEADS};
use crate::Result;
use crate::model::nn::{LayerNorm, attend, gelu};
use crate::weights::{Linear, Weights};

/// Wan2.1 `wan/modules/clip.py`, `AttentionBlock`.
pub struct Block {
    norm1: LayerNorm,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    norm2: LayerNorm,
    mlp: [Linear; 2],
}

impl Block {
    /// Reads what lies under "transformer.N".
    pub(super) fn load(weights: &Weights, width: i32) -> Result<Self> {
        let hidden = weights.side("mlp.0.weight", 0)?;
        let attention = weights.at("attn");
        let [query, key, value] = projections(&attention, width)?;
        Ok(Self {
            norm1: LayerNorm::load(&weights.at("norm1"), width, EPS)?,
            query,
            key,
            value,
            out: attention.affine("proj", width, width)?,
            norm2: LayerNorm::load(&weights.at("norm2"), width, EPS)?,
            mlp: [
                weights.affine("mlp.0", width, hidden)?,
                weights.affine("mlp.2", hidden, width)?,
            ],
        })
    }

    /// (1, tokens, width) → (1, tokens, width)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let x = x.add(self.attend(x)?)?;
        Ok(x.add(self.feed_forward(&x)?)?)
    }

    /// What attention adds to `x`.
    pub fn attend(&self, x: &Array) -> Result<Array> {
        let x = self.norm1.forward(x)?;
        let (tokens, width) = (x.dim(1), x.dim(2));
        let head = width / HEADS;
        let split = |linear: &Linear| -> Result<Array> {
            let heads = linear.forward(&x)?.reshape(&[1, tokens, HEADS, head])?;
            Ok(heads.transpose_axes(&[0, 2, 1, 3])?) // (1, heads, tokens, head width)
        };
        let scale = (head as f32).sqrt().recip();
        let mixed = attend(
            &split(&self.query)?,
            &split(&self.key)?,
            &split(&self.value)?,
            scale,
            None,
        )?;
        let mixed = mixed.transpose_axes(&[0, 2, 1, 3])?;
        self.out.forward(&mixed.reshape(&[1, tokens, width])?)
    }

    /// What the feed-forward layer adds to `x`.
    pub fn feed_forward(&self, x: &Array) -> Result<Array> {
        let hidden = gelu(&self.mlp[0].forward(&self.norm2.forward(x)?)?)?;
        self.mlp[1].forward(&hidden)
    }
}

/// Queries, keys and values: officially the thirds of one matrix, elsewhere one matrix each.
fn projections(weights: &Weights, width: i32) -> Result<[Linear; 3]> {
    if !weights.has("to_qkv.weight") {
        let linear = |name| weights.affine(name, width, width);
        return Ok([linear("q")?, linear("k")?, linear("v")?]);
    }
    let weight = weights.tensor("to_qkv.weight", &[3 * width, width])?;
    let bias = weights.tensor("to_qkv.bias", &[3 * width])?;
    let third = |i: i32| -> Result<Linear> {
        let rows = i * width..(i + 1) * width;
        let weight = weight.try_index(rows.clone())?;
        Ok(Linear::new(weight, Some(bias.try_index(rows)?)))
    };
    Ok([third(0)?, third(1)?, third(2)?])
}
