//! From the image encoder's features to the width of the blocks.

use mlx_rs::Array;

use crate::Result;
use crate::model::nn::{LayerNorm, gelu};
use crate::weights::{Linear, Weights};

/// Added to variances before their roots are taken; the rest of the network has another one.
const EPS: f32 = 1e-5;

/// In float32, and with the exact GELU: the text's embedding has the other form.
///
/// [`MLPProj`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/modules/model.py).
pub struct ImageEmbedding {
    /// What is added to the features of two pictures before everything else, (1, tokens, features).
    positions: Option<Array>,
    before: LayerNorm,
    layers: [Linear; 2],
    after: LayerNorm,
}

impl ImageEmbedding {
    /// Reads what lies under `img_emb`.
    pub(super) fn load(weights: &Weights, dim: i32) -> Result<Self> {
        let width = weights.side("proj.0.weight", 0)?;
        let positions = weights.has("emb_pos").then(|| {
            let tokens = weights.side("emb_pos", 1)?;
            weights.tensor("emb_pos", &[1, tokens, width])
        });
        Ok(Self {
            positions: positions.transpose()?,
            before: LayerNorm::load(&weights.at("proj.0"), width, EPS)?,
            layers: [
                weights.affine("proj.1", width, width)?,
                weights.affine("proj.3", width, dim)?,
            ],
            after: LayerNorm::load(&weights.at("proj.4"), dim, EPS)?,
        })
    }

    /// (pictures, tokens, features) → (1, pictures · tokens, dim)
    pub fn forward(&self, features: &Array) -> Result<Array> {
        let mut x = features.reshape(&[1, -1, features.dim(2)])?;
        if let Some(positions) = &self.positions {
            x = x.add(positions)?;
        }
        let hidden = gelu(&self.layers[0].forward(&self.before.forward(&x)?)?)?;
        self.after.forward(&self.layers[1].forward(&hidden)?)
    }
}
