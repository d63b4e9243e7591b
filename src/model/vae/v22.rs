//! The layers of the Wan2.2 VAE: stages with shortcuts around them, on 2 × 2 patches of pixels.
//!
//! Wan2.2 `wan/modules/vae2_2.py`, `Encoder3d` and `Decoder3d`.

use super::CausalConv;
use super::chain::{Chain, Head, Layer};
use super::stage::{DownStage, Scale, UpStage};
use crate::Result;
use crate::weights::Weights;

/// The width of each stage, as a multiple of the narrowest.
const WIDTHS: [i32; 4] = [1, 2, 4, 4];
/// How each stage of the encoder changes the size; the decoder undoes it in reverse.
const SCALES: [Scale; 4] = [
    Scale::Space,
    Scale::SpaceAndTime,
    Scale::SpaceAndTime,
    Scale::None,
];
/// The stage of the decoder from which on time stays as it is.
const AFTER_TIME: usize = 2;
/// Residual blocks in a stage of the encoder; the decoder has one more.
const BLOCKS: i32 = 2;
/// The channels of a 2 × 2 patch of RGB pixels.
const PATCH_CHANNELS: i32 = 12;

/// Patches (t, h, w, 12) → (t′, h/8, w/8, `moments`).
pub(super) fn encoder(weights: &Weights, moments: i32) -> Result<Chain> {
    let narrowest = weights.side("conv1.weight", 0)?;
    let mut chain = Chain::default();

    let conv = CausalConv::load(weights, "conv1", (PATCH_CHANNELS, narrowest), 3)?;
    chain.push("conv1", Layer::Conv(conv));
    let mut width = narrowest;
    for (i, (multiple, scale)) in WIDTHS.into_iter().zip(SCALES).enumerate() {
        let channels = (width, narrowest * multiple);
        let stage = DownStage::load(&weights.at("downsamples").at(i), channels, BLOCKS, scale)?;
        chain.push(format!("downsamples.{i}"), Layer::Down(stage));
        if i == 0 {
            chain.end_largest();
        }
        width = channels.1;
    }
    chain.push_middle(weights, width)?;
    let head = Head::load(&weights.at("head"), (width, moments))?;
    chain.push("head", Layer::Head(head));
    Ok(chain)
}

/// (t, h, w, `latent`) → patches (t′, 8h, 8w, 12).
pub(super) fn decoder(weights: &Weights, latent: i32) -> Result<Chain> {
    let widest = weights.side("conv1.weight", 0)?;
    let narrowest = widest / WIDTHS[WIDTHS.len() - 1];
    let mut chain = Chain::default();

    let conv = CausalConv::load(weights, "conv1", (latent, widest), 3)?;
    chain.push("conv1", Layer::Conv(conv));
    chain.push_middle(weights, widest)?;
    let mut width = widest;
    let scales = SCALES[..3].iter().rev().chain(&SCALES[3..]);
    for (i, (multiple, &scale)) in WIDTHS.into_iter().rev().zip(scales).enumerate() {
        let channels = (width, narrowest * multiple);
        if i == AFTER_TIME {
            chain.begin_largest();
        }
        let stage = UpStage::load(&weights.at("upsamples").at(i), channels, BLOCKS + 1, scale)?;
        chain.push(format!("upsamples.{i}"), Layer::Up(stage));
        width = channels.1;
    }
    let head = Head::load(&weights.at("head"), (width, PATCH_CHANNELS))?;
    chain.push("head", Layer::Head(head));
    Ok(chain)
}
