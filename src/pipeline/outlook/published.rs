//! How large the networks of the published models are, without their files.

use crate::job::memory::{DitSizes, HalfSizes, ImageSizes, Sizes, TextSizes, VaeSizes};
use crate::job::{Expert, Published, VaePrecision};
use crate::model::{clip, vae};
use crate::pipeline::bench::networks::{self, FREQUENCIES, UMT5};
use crate::pipeline::vae_kind;

/// The width of a head of attention in every published DiT.
const HEAD: u64 = 128;
/// The tokens of a prompt.
const TEXT_LENGTH: u64 = 512;

/// The sizes of a published model's networks, as a GPU computes with them. Products are in a half type, whatever the
/// published files hold.
pub fn published_sizes(published: Published) -> Sizes {
    let dit = dit(published);
    let experts = match published.variant().boundary() {
        Some(_) => vec![Expert::HighNoise, Expert::LowNoise],
        None => vec![Expert::LowNoise],
    };
    Sizes {
        text: text(),
        image: (published.variant().inputs().seen > 0).then(image),
        dits: experts.into_iter().map(|expert| (expert, dit)).collect(),
        vae: vae(published),
        tiny: None,
        picture: 0,
        footage: 0,
    }
}

/// The half of CLIP ViT-H/14 that reads pictures.
fn image() -> ImageSizes {
    ImageSizes {
        weights: 632_000_000,
        width: 1280,
        hidden: 5120,
        heads: number(clip::HEADS),
        tokens: number(clip::TOKENS),
    }
}

fn text() -> TextSizes {
    let [width, hidden, heads, inner] =
        [UMT5.width, UMT5.feed_forward, UMT5.heads, UMT5.attention].map(number);
    TextSizes {
        layer: 4 * width * inner + 3 * width * hidden,
        heads,
        width,
        hidden,
        length: TEXT_LENGTH,
        fused: true,
    }
}

/// By the tensors of Wan2.2 `wan/modules/model.py`, `WanModel`.
fn dit(published: Published) -> DitSizes {
    let variant = published.variant();
    let networks::Sizes {
        dim,
        hidden,
        layers,
    } = networks::sizes(published);
    let [width, hidden, layers, frequencies, text] =
        [dim, hidden, layers, FREQUENCIES, UMT5.width].map(number);
    let chain = chain_blocks(published);
    let layers = layers + chain;
    let [inputs, outputs] = [variant.input_channels(), variant.latent_channels()]
        .map(|channels| 4 * u64::from(channels));
    DitSizes {
        // Modulation and the norm before cross-attention, the time embedding and its projection, the head.
        exact: 8 * layers * width + 7 * width.pow(2) + (frequencies + outputs) * width,
        // Patches, the two layers between text and blocks, biases and the norms of queries and keys.
        small: width * (inputs + text + width) + layers * (13 * width + hidden),
        large: layers * (8 * width.pow(2) + 2 * width * hidden) + chain * width.pow(2),
        beside: 0,
        largest: width * hidden,
        changed: 0,
        packed: None,
        automatic: 2,
        width,
        hidden,
        layers,
        heads: width / HEAD,
        text_length: TEXT_LENGTH,
        image_length: u64::from(variant.inputs().seen) * number(clip::TOKENS),
        fused: true,
    }
}

/// The blocks beside the main ones, each with a projection more.
///
/// Wan2.1 `wan/modules/vace_model.py`: every second layer of the small one, every fifth of the large ones.
fn chain_blocks(published: Published) -> u64 {
    match published {
        Published::Vace1B => 15,
        Published::Vace14B | Published::VaceA14B => 8,
        _ => 0,
    }
}

/// Counted from the published files.
fn vae(published: Published) -> VaeSizes {
    let half = |weights, width| HalfSizes { weights, width };
    let (encoder, decoder) = match vae_kind(published.variant()) {
        vae::Kind::V21 => (half(54_000_000, 96), half(73_000_000, 96)),
        vae::Kind::V22 => (half(149_000_000, 160), half(555_000_000, 256)),
    };
    VaeSizes {
        encoder,
        decoder,
        frames: 1,
        scratch: 0,
        half: VaePrecision::F16,
        fused: true,
    }
}

fn number(side: i32) -> u64 {
    side.unsigned_abs().into()
}
