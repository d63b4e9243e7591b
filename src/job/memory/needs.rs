//! The arithmetic: how much memory each stage of a plan will take.
//!
//! Weights are counted, and so is what a stage keeps while it lasts. What it works on is counted in the
//! arrays that are there at once. How many these are was measured with MLX 0.32.2: on an NVIDIA H100 with
//! networks of their full size, on a processor with the reference's. The tests hold the figures.

use super::arrays::{Arrays, MOST_SCORES, SCORE_ARRAYS};
use super::tiny;
use super::vae::{decode, encode};
use super::{DitSizes, ImageSizes, Need, Sizes, TextSizes};
use crate::job::{Expert, Plan, Stage, StepCache};

/// Arrays of a DiT as wide as a token, in float32 and in the products' type.
const TOKEN_ARRAYS: [u64; 2] = [4, 11];
/// Arrays of a chain of blocks beside the main ones: its own stream, what feeds it, and its hint.
const CHAIN_ARRAYS: u64 = 3;
/// Arrays of the feed-forward layer as wide as that is. Step by step, GELU has seven.
const HIDDEN_ARRAYS: Arrays = Arrays {
    fused: 3,
    stepwise: 7,
};
/// The feed-forward layer takes no more tokens at once.
const FEED_ROWS: u64 = 16_384;
/// Latents that are kept between two steps: their own, and what the sampler remembers.
const LATENTS: u64 = 3;
/// Matrices as wide as a token that a processor has unpacked at once, where weights are packed.
const UNPACKED: u64 = 6;
/// Arrays of scores in the text encoder, one of which is what positions add.
const TEXT_SCORE_ARRAYS: Arrays = Arrays {
    fused: 5,
    stepwise: 9,
};
/// Arrays of the text encoder as wide as a token, and what both prompts have come to.
const TEXT_ARRAYS: u64 = 10 + 2;

/// What every stage of `plan` will take, in the order in which they come.
pub fn needs(plan: &Plan, sizes: &Sizes) -> Vec<Need> {
    let mut needs = vec![text(&sizes.text)];
    if plan.encoded_frames() > 0 {
        // One is gone before the other comes.
        let read = sizes.image.as_ref().map(image);
        let read = read.into_iter().chain([encoding(plan, sizes)]);
        needs.extend(read.max_by_key(Need::bytes));
    }
    let is_one = sizes.dits.len() == 1;
    let dits = sizes.dits.iter();
    needs.extend(dits.map(|(expert, dit)| Need {
        expert: (!is_one).then_some(*expert),
        ..denoise(plan, *expert, dit, sizes)
    }));
    needs.push(match &sizes.tiny {
        Some(tiny) if plan.speedups.draft().is_some() => tiny::decode(plan, tiny),
        _ => decode(plan.into(), &sizes.vae),
    });
    needs
}

/// Pictures are opened and made small before the VAE is loaded that encodes them. A video is read while that works.
fn encoding(plan: &Plan, sizes: &Sizes) -> Need {
    let encode = encode(plan, &sizes.vae);
    Need {
        work: encode
            .work
            .max(sizes.picture.saturating_sub(encode.weights))
            + sizes.footage,
        ..encode
    }
}

fn text(sizes: &TextSizes) -> Need {
    let scores = sizes.heads * sizes.length.pow(2) * TEXT_SCORE_ARRAYS.of(sizes.fused);
    let fed = sizes.length * sizes.hidden * HIDDEN_ARRAYS.of(sizes.fused);
    let tokens = sizes.length * sizes.width * TEXT_ARRAYS;
    let work = tokens + scores.max(fed);
    // Beside the layer that is there, what it computes, or the next one as it comes: hardly ever are both whole at once.
    Need::new(Stage::Text, 4 * sizes.layer, 4 * work.max(sizes.layer))
}

/// The image encoder.
fn image(sizes: &ImageSizes) -> Need {
    let scores = sizes.heads * sizes.tokens.pow(2) * SCORE_ARRAYS.stepwise;
    let fed = sizes.tokens * sizes.hidden * HIDDEN_ARRAYS.stepwise;
    let work = sizes.tokens * sizes.width * TEXT_ARRAYS + scores.max(fed);
    let largest = sizes.width * sizes.hidden; // as the file has it, while it is read
    Need::new(Stage::Image, 4 * sizes.weights, 4 * work.max(largest))
}

fn denoise(plan: &Plan, expert: Expert, dit: &DitSizes, sizes: &Sizes) -> Need {
    let guided = plan.sampling.guidance.of(expert).total_cmp(&1.0).is_ne();
    let prompts = 1 + u64::from(guided);
    let batch = if plan.batches_guidance() { prompts } else { 1 };
    let rows = batch * (plan.tokens() + plan.leading_tokens());
    let product = dit.product_bytes(plan.compute.precision);

    let [exact, others] = TOKEN_ARRAYS;
    let tokens = rows * dit.width * (4 * exact + product * others);
    let (fed, scores) = (
        feed(dit, rows, product),
        scores(dit, rows, plan.tokens(), product),
    );
    let widest = if dit.fused {
        fed + scores // a layer is made ready while the one before it is at work
    } else {
        fed.max(scores)
    };
    let chain = if plan.checkpoint.variant.inputs().chain {
        4 * CHAIN_ARRAYS * rows * dit.width
    } else {
        0
    };
    let kept = kept(plan, prompts, dit, &sizes.text);
    let shown = sizes
        .tiny
        .as_ref()
        .map_or(0, |tiny| tiny::preview(plan, tiny));
    let work = tokens + chain + widest + unpacked(plan, dit) + kept + shown;
    Need::new(
        Stage::Denoise,
        dit.weights(plan.compute.precision, plan.compute.quantize),
        work.max(dit.loading()),
    )
}

/// What a processor unpacks of packed weights, since it multiplies none that are packed. On CUDA one matrix is unpacked
/// at a time, which is little beside the rest.
fn unpacked(plan: &Plan, dit: &DitSizes) -> u64 {
    let is_packed = dit.packed.is_some() || plan.compute.quantize.is_some();
    if dit.fused || !is_packed {
        return 0;
    }
    4 * UNPACKED * dit.width.pow(2)
}

/// The feed-forward layer's own arrays.
fn feed(dit: &DitSizes, rows: u64, product: u64) -> u64 {
    let parts = rows / FEED_ROWS + 1;
    let bytes = if dit.fused { product } else { 4 };
    rows / parts * dit.hidden * HIDDEN_ARRAYS.of(dit.fused) * bytes
}

/// Those of attention among the tokens, or to those of the text if these are more.
fn scores(dit: &DitSizes, rows: u64, tokens: u64, product: u64) -> u64 {
    if dit.fused && product != 4 {
        return 0; // the kernels for half precision never hold them
    }
    let scores = dit.heads * rows * tokens.max(dit.text_length);
    // The softmax is float32; what it is given and gives is of the products' type.
    let cast = if product == 4 { 0 } else { 2 * product };
    scores.min(MOST_SCORES) * (4 * SCORE_ARRAYS.of(dit.fused) + cast)
}

/// What stays from step to step: the text's features, keys and values, those of pictures, the rotations, the latents.
fn kept(plan: &Plan, prompts: u64, dit: &DitSizes, text: &TextSizes) -> u64 {
    let product = dit.product_bytes(plan.compute.precision);
    let features = 4 * text.width * dit.text_length;
    let memories = 2 * product * dit.text_length * dit.width * dit.layers;
    let pictures = 2 * product * dit.image_length * dit.width * dit.layers;
    let rotations = 2 * 4 * plan.tokens() * dit.width / dit.heads;
    let latents = plan.latent_shape().channels_first();
    let latents: u64 = latents
        .iter()
        .map(|&side| u64::from(side.unsigned_abs()))
        .product();
    let cached = match plan.speedups.cache {
        StepCache::EasyCache { .. } => 4 * latents * (2 + prompts),
        StepCache::MagCache(_) => {
            4 * prompts * (latents + (plan.tokens() + plan.leading_tokens()) * dit.width)
        }
        StepCache::Off | StepCache::Balanced | StepCache::Fast => 0,
    };
    prompts * (features + memories) + pictures + rotations + 4 * LATENTS * latents + cached
}
