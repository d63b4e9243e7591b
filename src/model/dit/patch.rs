//! Latents as tokens and back.

use mlx_rs::Array;
use mlx_rs::ops::arange;

use crate::Result;
use crate::weights::{Linear, Weights};

/// The side of the squares of latent pixels that are one token.
const PATCH: i32 = 2;

/// How many tokens a video has along each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Latent frames.
    pub frames: i32,
    /// Rows of tokens.
    pub height: i32,
    /// Columns of tokens.
    pub width: i32,
}

impl Grid {
    /// Of latents (channels, frames, height, width).
    pub fn of(latents: &Array) -> Self {
        Self {
            frames: latents.dim(1),
            height: latents.dim(2) / PATCH,
            width: latents.dim(3) / PATCH,
        }
    }

    /// All tokens.
    pub fn tokens(self) -> i32 {
        self.frames * self.tokens_in_frame()
    }

    /// The tokens of one latent frame.
    pub fn tokens_in_frame(self) -> i32 {
        self.height * self.width
    }

    /// Whether each token is one of the first latent frame: (tokens, 1).
    pub(super) fn first_frame(self) -> Result<Array> {
        let tokens = self.frames * self.tokens_in_frame();
        let tokens = arange::<_, i32>(0, tokens, None)?.expand_dims(1)?;
        Ok(tokens.lt(Array::from_int(self.tokens_in_frame()))?)
    }
}

/// The patch embedding, a convolution whose kernel is its stride: a product over each patch.
pub(super) fn load_embedding(weights: &Weights, dim: i32) -> Result<Linear> {
    let channels = weights.side("weight", 1)?;
    let weight = weights.tensor("weight", &[dim, channels, 1, PATCH, PATCH])?;
    let weight = weight.reshape(&[dim, channels * PATCH * PATCH])?;
    Ok(Linear::new(weight, Some(weights.tensor("bias", &[dim])?)))
}

/// (channels, frames, height, width) → (tokens, 4 · channels): within a patch the channel is
/// slowest, as in the weights of the convolution.
pub fn patchify(latents: &Array) -> Result<Array> {
    let channels = latents.dim(0);
    let grid = Grid::of(latents);
    Ok(latents
        .reshape(&[channels, grid.frames, grid.height, PATCH, grid.width, PATCH])?
        .transpose_axes(&[1, 2, 4, 0, 3, 5])? // (f, h, w, c, row, column)
        .reshape(&[
            grid.frames * grid.tokens_in_frame(),
            channels * PATCH * PATCH,
        ])?)
}

/// (tokens, 4 · channels) → (channels, frames, height, width): within a patch the channel is
/// fastest here.
///
/// Wan2.2 `wan/modules/model.py`, `WanModel.unpatchify`.
pub fn unpatchify(tokens: &Array, grid: Grid) -> Result<Array> {
    let channels = tokens.dim(1) / (PATCH * PATCH);
    Ok(tokens
        .reshape(&[grid.frames, grid.height, grid.width, PATCH, PATCH, channels])?
        .transpose_axes(&[5, 0, 1, 3, 2, 4])? // (c, f, h, row, w, column)
        .reshape(&[
            channels,
            grid.frames,
            grid.height * PATCH,
            grid.width * PATCH,
        ])?)
}

/// The embedding of reference pictures, a convolution over single latent frames that is otherwise the same.
pub(super) fn load_flat_embedding(weights: &Weights, dim: i32) -> Result<Linear> {
    let channels = weights.side("weight", 1)?;
    let weight = weights.tensor("weight", &[dim, channels, PATCH, PATCH])?;
    let weight = weight.reshape(&[dim, channels * PATCH * PATCH])?;
    Ok(Linear::new(weight, Some(weights.tensor("bias", &[dim])?)))
}
