//! The image encoder: from a picture to the features that the image-to-video models of Wan2.1 read beside the text.
//!
//! It is the picture's half of CLIP ViT-H/14. What the DiT reads is the state before the last block, so that block is
//! never loaded.
//!
//! [`wan/modules/clip.py`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/modules/clip.py),
//! `VisionTransformer` and `CLIPModel.visual`.

mod block;

pub use block::Block;

use mlx_rs::ops::concatenate;
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::model::nn::LayerNorm;
use crate::weights::{Linear, Weights};

/// The side of the square picture that it sees, in pixels.
pub const SIDE: u32 = 224;

/// The side of the squares of pixels that are one token.
const PATCH: i32 = 14;
/// Tokens along a side of the picture.
const GRID: i32 = SIDE as i32 / PATCH;
/// The tokens of a picture: one for the whole of it, and one for each patch.
pub const TOKENS: i32 = GRID * GRID + 1;
/// Colours of a pixel.
const RGB: i32 = 3;
/// Heads of attention in ViT-H/14; no file tells.
pub const HEADS: i32 = 16;
/// Added to variances before their roots are taken.
const EPS: f32 = 1e-5;

/// What pixels are normalised with: the mean and the spread of red, green and blue in 0 to 1.
const MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// The network, in float32.
pub struct ImageEncoder {
    patch_embedding: Linear,
    cls_embedding: Array, // (1, 1, width)
    pos_embedding: Array, // (1, tokens, width)
    pre_norm: LayerNorm,
    blocks: Vec<Block>,
}

impl ImageEncoder {
    /// Reads the picture's half; the text's is skipped, and so is what comes after the features.
    ///
    /// # Errors
    /// A tensor is missing or has another shape.
    pub fn load(weights: &Weights) -> Result<Self> {
        for unused in ["textual", "log_scale"] {
            weights.skip(unused);
        }
        let weights = weights.at("visual").as_type(Dtype::Float32);
        let layers = weights.at("transformer");
        let used = layers.count("").saturating_sub(1);
        layers.skip(&used.to_string());
        for unused in ["post_norm", "head"] {
            weights.skip(unused);
        }
        let width = weights.side("patch_embedding.weight", 0)?;
        let patch = weights.tensor("patch_embedding.weight", &[width, RGB, PATCH, PATCH])?;
        let patch = patch.reshape(&[width, RGB * PATCH * PATCH])?;
        Ok(Self {
            patch_embedding: Linear::new(patch, None),
            cls_embedding: weights.tensor("cls_embedding", &[1, 1, width])?,
            pos_embedding: weights.tensor("pos_embedding", &[1, TOKENS, width])?,
            pre_norm: LayerNorm::load(&weights.at("pre_norm"), width, EPS)?,
            blocks: (0..used)
                .map(|i| Block::load(&layers.at(i), width))
                .collect::<Result<_>>()?,
        })
    }

    /// The blocks that lead to the features.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Normalised pixels (1, 224, 224, 3) → a token for each patch, row by row: (1, patches, width).
    pub fn embed(&self, pixels: &Array) -> Result<Array> {
        let patches = pixels
            .reshape(&[GRID, PATCH, GRID, PATCH, RGB])?
            .transpose_axes(&[0, 2, 4, 1, 3])? // the channel is slowest within a patch
            .reshape(&[1, GRID * GRID, RGB * PATCH * PATCH])?;
        self.patch_embedding.forward(&patches)
    }

    /// The tokens of the patches with that of the whole before them, as the first block takes them.
    pub fn begin(&self, patches: &Array) -> Result<Array> {
        let tokens = concatenate(&[&self.cls_embedding, patches], 1)?;
        self.pre_norm.forward(&tokens.add(&self.pos_embedding)?)
    }

    /// Pixels in [-1, 1], (1, 224, 224, 3) → features (1, 257, width), float32.
    pub fn forward(&self, pixels: &Array) -> Result<Array> {
        let mut x = self.begin(&self.embed(&normalise(pixels)?)?)?;
        for block in &self.blocks {
            x = block.forward(&x)?;
            x.eval()?;
        }
        Ok(x)
    }
}

/// Pixels in [-1, 1], (…, 3), as the network takes them. Nothing is clamped: the resizing before may overshoot.
pub fn normalise(pixels: &Array) -> Result<Array> {
    let vector = |values: &[f32; 3]| Array::from_slice(values, &[RGB]);
    let half = Array::from_f32(0.5);
    let pixels = pixels.multiply(&half)?.add(&half)?;
    Ok(pixels.subtract(vector(&MEAN))?.divide(vector(&STD))?)
}
