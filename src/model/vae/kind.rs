//! The two published autoencoders.

use mlx_rs::Array;

use super::chain::Chain;
use super::shortcut::{patchify, unpatchify};
use super::{Statistics, v21, v22};
use crate::Result;
use crate::weights::Weights;

/// Which of the published VAEs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wan2.1: 16 channels, one latent for 4 frames of 8 × 8 pixels.
    V21,
    /// Wan2.2: 48 channels, one latent for 4 frames of 16 × 16 pixels.
    V22,
}

impl Kind {
    /// What its latents are normalised with.
    pub fn statistics(self) -> Statistics {
        match self {
            Self::V21 => Statistics::wan21(),
            Self::V22 => Statistics::wan22(),
        }
    }

    /// The layers of the encoder, which lies here; they end in `moments` channels.
    pub(super) fn encoder(self, weights: &Weights, moments: i32) -> Result<Chain> {
        match self {
            Self::V21 => v21::encoder(weights, moments),
            Self::V22 => v22::encoder(weights, moments),
        }
    }

    /// The layers of the decoder, which lies here; they begin with `latent` channels.
    pub(super) fn decoder(self, weights: &Weights, latent: i32) -> Result<Chain> {
        match self {
            Self::V21 => v21::decoder(weights, latent),
            Self::V22 => v22::decoder(weights, latent),
        }
    }

    /// RGB pixels as the first layer of the encoder takes them.
    pub fn fold(self, pixels: &Array) -> Result<Array> {
        match self {
            Self::V21 => Ok(pixels.clone()),
            Self::V22 => patchify(pixels),
        }
    }

    /// What the last layer of the decoder gives as RGB pixels.
    pub fn unfold(self, pixels: &Array) -> Result<Array> {
        match self {
            Self::V21 => Ok(pixels.clone()),
            Self::V22 => unpatchify(pixels),
        }
    }
}
