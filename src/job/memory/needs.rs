//! The arithmetic: how much memory each stage of a plan will take.
//!
//! Weights are counted. What is computed beside them is counted in the arrays that are there at once,
//! and how many these are was measured with MLX 0.32.2 on an NVIDIA H100: the tests hold the figures.

use super::{DitSizes, Need, Sizes, TextSizes, VaeSizes};
use crate::job::{Expert, Pictures, Plan, Stage, VaePrecision, Variant};

/// Arrays of a DiT as wide as a token that are there at once, in float32 and in the products' type.
const TOKEN_ARRAYS: [u64; 2] = [4, 12];
/// Arrays of the feed-forward layer as wide as that is.
const HIDDEN_ARRAYS: u64 = 3;
/// The feed-forward layer takes no more tokens at once.
const FEED_ROWS: u64 = 16_384;
/// Arrays of scores, where attention holds them, and the most scores of one.
const SCORE_ARRAYS: u64 = 3;
const MOST_SCORES: u64 = 1 << 27;
/// Arrays of scores in the text encoder.
const TEXT_SCORE_ARRAYS: u64 = 6;

/// Numbers that half of a VAE holds for each pixel of a picture and each channel of its narrowest
/// layers.
struct Chain {
    /// Of the two frames that every causal convolution remembers. They are counted from the widths.
    remembered: f64,
    /// At work in the largest layers, for each frame that passes through them at once.
    working: f64,
}

/// What every stage of `plan` will take, in the order in which they come.
pub fn needs(plan: &Plan, sizes: &Sizes) -> Vec<Need> {
    let variant = plan.checkpoint.variant;
    let has_pictures = plan.picture.is_some() && variant.pictures() != Pictures::None;
    let mut needs = vec![text(&sizes.text)];
    needs.extend(has_pictures.then(|| encode(plan, &sizes.vae)));
    let is_one = sizes.dits.len() == 1;
    let dits = sizes.dits.iter();
    needs.extend(dits.map(|(expert, dit)| Need {
        expert: (!is_one).then_some(*expert),
        ..denoise(plan, *expert, dit)
    }));
    needs.push(decode(plan, &sizes.vae));
    needs
}

fn need(stage: Stage, weights: u64, work: u64) -> Need {
    Need {
        stage,
        expert: None,
        weights,
        work,
    }
}

fn text(sizes: &TextSizes) -> Need {
    let scores = sizes.heads * sizes.length.pow(2);
    need(Stage::Text, 4 * sizes.layer, 4 * TEXT_SCORE_ARRAYS * scores)
}

fn denoise(plan: &Plan, expert: Expert, dit: &DitSizes) -> Need {
    let guided = plan.guidance.of(expert).total_cmp(&1.0).is_ne();
    let prompts = 1 + u64::from(guided);
    let batch = if plan.batches_guidance() { prompts } else { 1 };
    let rows = batch * plan.tokens();
    let product = dit.product_bytes(plan.precision);

    let parts = rows / FEED_ROWS + 1;
    let [exact, others] = TOKEN_ARRAYS;
    let token = dit.width * (4 * exact + product * others);
    let fed = product * dit.hidden * HIDDEN_ARRAYS / parts;
    let scores = if product == 4 {
        (dit.heads * rows * plan.tokens()).min(MOST_SCORES) * 4 * SCORE_ARRAYS
    } else {
        0 // the kernels for half precision never hold them
    };
    let texts = prompts * 2 * product * dit.text_length * dit.width * dit.layers;
    need(
        Stage::Denoise,
        dit.weights(plan.precision, plan.quantize),
        rows * (token + fed) + scores + texts,
    )
}

fn encode(plan: &Plan, vae: &VaeSizes) -> Need {
    let Chain {
        remembered,
        working,
    } = match plan.checkpoint.variant {
        Variant::Ti2v => Chain {
            remembered: 3.7,
            working: 2.5,
        },
        _ => Chain {
            remembered: 14.4,
            working: 9.0,
        },
    };
    let channels = remembered + at_work(vae, vae.frames) * working;
    let numbers = (plan.size.area() * vae.encoder.width) as f64 * channels;
    need(Stage::Image, 4 * vae.encoder.weights, 4 * numbers as u64)
}

fn decode(plan: &Plan, vae: &VaeSizes) -> Need {
    let chain = match plan.checkpoint.variant {
        Variant::Ti2v => Chain {
            remembered: 7.0,
            working: 4.0,
        },
        _ => Chain {
            remembered: 24.6,
            working: 8.5,
        },
    };
    let bytes = plan.vae_precision.bytes();
    let tiles = u64::from(plan.thrift.tiles);
    let seen = seen_by_tiles(plan, tiles);
    let frames = if tiles == 1 { vae.frames } else { 1 };
    let working = at_work(vae, frames) * chain.working / tiles.pow(2) as f64;
    let channels = seen * (chain.remembered + working);
    let numbers = (plan.size.area() * vae.decoder.width) as f64 * channels;
    let pixels = frames * 4 * 3 * plan.size.area(); // as they come out, four for each latent frame
    let work = bytes * numbers as u64 + 4 * pixels;
    need(Stage::Decode, bytes * vae.decoder.weights, work)
}

/// What so many frames take in the largest layers, counted in frames: neighbours beside each pixel are as
/// much again.
fn at_work(vae: &VaeSizes, frames: u64) -> f64 {
    frames as f64 * if vae.unfolds { 2.0 } else { 1.0 }
}

/// How much larger all tiles together are than the picture, since they overlap.
fn seen_by_tiles(plan: &Plan, tiles: u64) -> f64 {
    /// How far the layers see in the pixels that they are given.
    const REACH: f64 = 10.0;
    let scale = match plan.checkpoint.variant {
        Variant::Ti2v => 4.0,
        _ => 2.0,
    };
    let side = |length: u32| 1.0 + 2.0 * REACH * (tiles - 1) as f64 * scale / f64::from(length);
    side(plan.size.width) * side(plan.size.height)
}

impl VaePrecision {
    fn bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::Bf16 => 2,
        }
    }
}
