//! The layers of the Wan2.1 VAE: residual blocks and changes of size in one flat list.
//!
//! Wan2.2 `wan/modules/vae2_1.py`, `Encoder3d` and `Decoder3d`.

use super::chain::{Chain, Head, Layer};
use super::{CausalConv, Downsample, Residual, Upsample};
use crate::Result;
use crate::weights::Weights;

/// The width of each level, as a multiple of the narrowest.
const WIDTHS: [i32; 4] = [1, 2, 4, 4];
/// Whether the encoder halves time too between a level and the next; the decoder doubles it in
/// reverse.
const IN_TIME: [bool; 3] = [false, true, true];
/// The level of the decoder from which on time stays as it is.
const AFTER_TIME: usize = 2;
/// Residual blocks on a level of the encoder; the decoder has one more.
const BLOCKS: usize = 2;
/// The channels of a pixel.
const RGB: i32 = 3;

/// Pixels (t, h, w, 3) → (t′, h/8, w/8, `moments`).
pub(super) fn encoder(weights: &Weights, moments: i32) -> Result<Chain> {
    let narrowest = weights.side("conv1.weight", 0)?;
    let mut list = List::new("downsamples", weights, (RGB, narrowest))?;
    for (level, multiple) in WIDTHS.into_iter().enumerate() {
        list.push_blocks(BLOCKS, narrowest * multiple)?;
        if let Some(&in_time) = IN_TIME.get(level) {
            let layer = Downsample::load(&list.next(), list.width, in_time)?;
            list.push(Layer::Downsample(layer));
        }
        if level == 0 {
            list.chain.end_largest();
        }
    }
    let List {
        mut chain, width, ..
    } = list;
    chain.push_middle(weights, width)?;
    let head = Head::load(&weights.at("head"), (width, moments))?;
    chain.push("head", Layer::Head(head));
    Ok(chain)
}

/// (t, h, w, `latent`) → pixels (t′, 8h, 8w, 3).
pub(super) fn decoder(weights: &Weights, latent: i32) -> Result<Chain> {
    let widest = weights.side("conv1.weight", 0)?;
    let narrowest = widest / WIDTHS[WIDTHS.len() - 1];
    let mut list = List::new("upsamples", weights, (latent, widest))?;
    list.chain.push_middle(weights, widest)?;
    for (level, multiple) in WIDTHS.into_iter().rev().enumerate() {
        if level == AFTER_TIME {
            list.chain.begin_largest();
        }
        list.push_blocks(BLOCKS + 1, narrowest * multiple)?;
        if let Some(&in_time) = IN_TIME.iter().rev().nth(level) {
            let channels = (list.width, list.width / 2);
            let layer = Upsample::load(&list.next(), channels, in_time)?;
            list.push(Layer::Upsample(layer));
            list.width = channels.1;
        }
    }
    let List {
        mut chain, width, ..
    } = list;
    let head = Head::load(&weights.at("head"), (width, RGB))?;
    chain.push("head", Layer::Head(head));
    Ok(chain)
}

/// A chain that is being built from a numbered list of layers.
struct List {
    chain: Chain,
    name: &'static str,
    layers: Weights,
    count: usize,
    /// The channels that the layers so far end in.
    width: i32,
}

impl List {
    /// Begins with the first convolution; the layers of the list lie under `name`.
    fn new(name: &'static str, weights: &Weights, channels: (i32, i32)) -> Result<Self> {
        let mut chain = Chain::default();
        let conv = CausalConv::load(weights, "conv1", channels, 3)?;
        chain.push("conv1", Layer::Conv(conv));
        Ok(Self {
            chain,
            name,
            layers: weights.at(name),
            count: 0,
            width: channels.1,
        })
    }

    /// Where the next layer lies.
    fn next(&self) -> Weights {
        self.layers.at(self.count)
    }

    fn push(&mut self, layer: Layer) {
        self.chain
            .push(format!("{}.{}", self.name, self.count), layer);
        self.count += 1;
    }

    /// Residual blocks, of which the first changes the width.
    fn push_blocks(&mut self, count: usize, width: i32) -> Result<()> {
        for _ in 0..count {
            let block = Residual::load(&self.next(), (self.width, width))?;
            self.push(Layer::Residual(block));
            self.width = width;
        }
        Ok(())
    }
}
