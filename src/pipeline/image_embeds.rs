//! From pictures to the features that the DiT reads beside the text, kept on disk: the same picture with another prompt
//! or seed never reads the encoder again.

use image::RgbImage;
use mlx_rs::ops::concatenate;
use mlx_rs::{Array, memory};
use sha2::{Digest, Sha256};

use super::Reporter;
use super::conditioning::planes;
use super::embed_cache::{EmbedCache, hex};
use crate::Result;
use crate::job::{Checkpoint, Size, Stage};
use crate::media::photo;
use crate::model::clip::{ImageEncoder, SIDE};
use crate::weights::{NetworkKind, Weights};

/// To be counted up whenever the encoder comes to round differently, as that of the text.
const EDITION: [u8; 1] = [1];

/// The features of pictures, (pictures, tokens, width), float32, encoded or recalled.
pub(super) fn read(
    checkpoint: &Checkpoint,
    pictures: &[&RgbImage],
    reporter: &mut Reporter,
) -> Result<Array> {
    let weights = Weights::open_kind(&checkpoint.image_encoder, NetworkKind::ImageEncoder)?;
    let mut hash = Sha256::new();
    hash.update(weights.fingerprint()?);
    hash.update(EDITION);
    let cache = EmbedCache::of("image", hex(&hash.finalize()));
    let names: Vec<_> = pictures.iter().map(|picture| name(picture)).collect();
    let remembered: Option<Vec<_>> = names.iter().map(|name| cache.recall(name)).collect();
    let features = if let Some(features) = remembered {
        features
    } else {
        let features = encode(&weights, pictures, reporter)?;
        for (name, feature) in names.iter().zip(&features) {
            cache.keep(name, feature);
        }
        features
    };
    memory::clear_cache()?;
    Ok(concatenate(&features, 0)?)
}

/// The features of each, (1, tokens, width). The network is gone when they are there.
fn encode(
    weights: &Weights,
    pictures: &[&RgbImage],
    reporter: &mut Reporter,
) -> Result<Vec<Array>> {
    reporter.step(Stage::Image, 0, pictures.len())?;
    let encoder = weights.load(ImageEncoder::load)?;
    let mut features = Vec::new();
    for picture in pictures {
        features.push(encoder.forward(&pixels(picture)?)?);
        reporter.step(Stage::Image, features.len(), pictures.len())?;
    }
    Ok(features)
}

/// A picture as the encoder sees it: pulled to a square whatever its aspect, (1, 224, 224, 3) in [-1, 1].
///
/// Wan2.1 `wan/modules/clip.py`, `CLIPModel.visual`.
fn pixels(picture: &RgbImage) -> Result<Array> {
    let square = Size::new(SIDE, SIDE);
    planes(&photo::stretch(picture, square), square)
}

/// What tells pictures apart.
fn name(picture: &RgbImage) -> String {
    let mut hash = Sha256::new();
    hash.update(picture.width().to_le_bytes());
    hash.update(picture.as_raw());
    hex(&hash.finalize())
}
