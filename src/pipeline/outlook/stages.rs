//! What each stage computes, operation by operation. Each function counts it and returns the bytes that are read from the
//! disk before.

use super::{sides, vae_shape};
use crate::backend::metal::{ConvPath, Layer, Meter, Number, Op};
use crate::job::memory::{DitSizes, ImageSizes, Need, Sizes, TextSizes};
use crate::job::{Expert, Plan, VaePrecision};
use crate::pipeline::planned_passes;
use crate::sampler::Schedule;

/// Bytes a second from the disk: that of the slowest Macs, with 256 GB.
pub const DISK: f64 = 1.5e9;

/// Layers of UMT5-XXL, which all published models share.
const TEXT_LAYERS: u64 = 24;
/// Layers of CLIP ViT-H/14 that are used: all but the last.
const IMAGE_LAYERS: u64 = 31;
/// The bytes of a number in the files of encoders.
const STORED: u64 = 2;
/// The feed-forward layer takes no more rows at once.
const FEED_ROWS: u64 = 16_384;
/// Queries come in groups of so many.
const QUERIES: u64 = 64;
/// Elementwise operations of a block over its float32 tokens: three norms, and three sums.
const ELEMENTWISE: u64 = 6;
/// Those over queries and keys: their norms and rotations.
const TURNED: u64 = 4;

/// Whether any expert compares with the negative prompt.
fn prompts(plan: &Plan) -> u64 {
    let mut experts = plan.checkpoint.experts();
    1 + u64::from(experts.any(|(expert, _)| is_guided(plan, expert)))
}

fn is_guided(plan: &Plan, expert: Expert) -> bool {
    plan.sampling.guidance.of(expert).total_cmp(&1.0).is_ne()
}

/// Every prompt on its own, in float32. Nothing is cut.
pub fn text(meter: &mut Meter, plan: &Plan, text: &TextSizes) -> u64 {
    let number = Number::F32;
    let TextSizes {
        width,
        hidden,
        length,
        ..
    } = *text;
    let times = TEXT_LAYERS * prompts(plan);
    let product = |inputs, outputs| whole_product(number, length, inputs, outputs);
    meter.add(number, product(width, width), 4 * times);
    meter.add(number, product(width, hidden), 2 * times);
    meter.add(number, product(hidden, width), times);
    let bytes = number.bytes() * 4 * length * width;
    meter.add(number, Op::whole(2 * length * length * width, bytes), times);
    TEXT_LAYERS * STORED * text.layer
}

/// What the image encoder sees and what the VAE encodes, each in float32.
pub fn image(meter: &mut Meter, plan: &Plan, sizes: &Sizes) -> u64 {
    let number = Number::F32;
    let seen = sizes.image.as_ref().map_or(0, |image| {
        see(meter, image, plan.seen_pictures());
        STORED * image.weights
    });
    let size = sides(plan.canvas.size);
    let layers = vae_shape(plan.checkpoint.variant).encoder_layers(size);
    convolutions(meter, &layers, number, plan.encoded_frames());
    seen + number.bytes() * sizes.vae.encoder.weights
}

/// The image encoder, once for each picture. Nothing is cut.
fn see(meter: &mut Meter, image: &ImageSizes, pictures: u64) {
    let number = Number::F32;
    let ImageSizes {
        width,
        hidden,
        tokens,
        ..
    } = *image;
    let times = IMAGE_LAYERS * pictures;
    let product = |inputs, outputs| whole_product(number, tokens, inputs, outputs);
    meter.add(number, product(width, width), 4 * times);
    meter.add(number, product(width, hidden), times);
    meter.add(number, product(hidden, width), times);
    let bytes = number.bytes() * 4 * tokens * width;
    meter.add(number, Op::whole(2 * tokens * tokens * width, bytes), times);
}

/// All frames. That tiles overlap is not counted.
pub fn decode(meter: &mut Meter, plan: &Plan, need: Need) -> u64 {
    let number = match plan.compute.vae_precision {
        VaePrecision::F32 => Number::F32,
        VaePrecision::Bf16 => Number::Bf16,
        VaePrecision::F16 => Number::F16,
    };
    let (size, latents) = (sides(plan.canvas.size), latent_frames(plan));
    let shape = vae_shape(plan.checkpoint.variant);
    convolutions(meter, &shape.layers(size), number, latents);
    for (product, times) in shape.products(size) {
        meter.add(number, product, times * latents);
    }
    meter.add(number, shape.attention(size), latents);
    need.weights
}

/// Convolutions of bfloat16 that Winograd would compute are computed in float32.
fn convolutions(meter: &mut Meter, layers: &[Layer], number: Number, latents: u64) {
    for layer in layers {
        let number = match (layer.conv.path(number), number) {
            (ConvPath::Winograd { .. }, Number::Bf16) => Number::F32,
            _ => number,
        };
        let op = Op::convolution(layer.conv, number);
        meter.add(number, op, layer.times * latents);
    }
}

/// The steps of an expert, each with one pass or with the two of guidance; what is saved of these is saved evenly.
pub fn denoise(meter: &mut Meter, plan: &Plan, sizes: &Sizes, number: Number, need: Need) -> u64 {
    let expert = need.expert.unwrap_or(Expert::LowNoise);
    let Some((_, dit)) = sizes.dits.iter().find(|(of, _)| *of == expert) else {
        return need.weights;
    };
    let steps = steps(plan, expert);
    let prompts = 1 + u64::from(is_guided(plan, expert));
    let batch = if plan.batches_guidance() { prompts } else { 1 };
    let (computed, of) =
        planned_passes(plan).map_or((1, 1), |(some, all)| (some.into(), all.into()));
    let blocks = steps * (prompts / batch) * dit.layers * computed / of;
    text_keys(meter, dit, number, prompts);
    for (op, times) in block(dit, number, batch, plan.tokens()) {
        meter.add(number, op, times * blocks);
    }
    if steps == 0 { 0 } else { need.weights }
}

/// How many of the steps an expert does.
fn steps(plan: &Plan, expert: Expert) -> u64 {
    let sampling = &plan.sampling;
    let count = sampling.steps as usize;
    let table = plan.speedups.table;
    let schedule = Schedule::of(sampling.sampler, table, count, sampling.shift);
    let timesteps = schedule.timesteps.iter();
    let its = timesteps.filter(|&&timestep| plan.expert_at(timestep).0 == expert);
    its.count() as u64
}

/// Each block's keys and values of the prompts, made once, never cut.
fn text_keys(meter: &mut Meter, dit: &DitSizes, number: Number, prompts: u64) {
    let op = whole_product(number, dit.text_length, dit.width, dit.width);
    meter.add(number, op, 2 * prompts * dit.layers);
}

/// The operations of a block, and how often each comes.
fn block(dit: &DitSizes, number: Number, batch: u64, tokens: u64) -> [(Op, u64); 6] {
    let &DitSizes {
        width,
        hidden,
        heads,
        ..
    } = dit;
    let rows = batch * tokens;
    let bytes = number.bytes();
    let product = rows_product(number, batch, tokens, [width, width]);
    // Two products with an activation between them are one part.
    let feed = Op {
        multiply_adds: 2 * rows * width * hidden,
        bytes: bytes * (2 * rows * (width + 2 * hidden) + 2 * width * hidden),
        grain: 2 * batch * width * hidden,
        most: 2 * FEED_ROWS * width * hidden,
    };
    let attention = |keys: u64| {
        let multiply_adds = 2 * rows * keys * width;
        let moved = bytes * (2 * rows + 2 * batch * keys) * width;
        Op::cut(
            multiply_adds,
            moved,
            2 * batch * QUERIES * keys * width / heads,
        )
    };
    let elementwise = Op::whole(0, rows * width * (4 + bytes + 4));
    let turned = Op::whole(0, 2 * bytes * rows * width);
    [
        (product, 6), // queries, keys, values and output of self-attention, queries and output of the other
        (feed, 1),
        (attention(tokens), 1),
        (attention(dit.text_length), 1),
        (elementwise, ELEMENTWISE),
        (turned, TURNED),
    ]
}

/// A product that is cut by rows, of which each prompt of a batch has one at a time.
fn rows_product(number: Number, batch: u64, tokens: u64, [inputs, outputs]: [u64; 2]) -> Op {
    let rows = batch * tokens;
    Op::cut(
        rows * inputs * outputs,
        number.bytes() * (rows * (inputs + outputs) + inputs * outputs),
        batch * inputs * outputs,
    )
}

/// One that is not cut.
fn whole_product(number: Number, rows: u64, inputs: u64, outputs: u64) -> Op {
    Op::whole(
        rows * inputs * outputs,
        number.bytes() * (rows * (inputs + outputs) + inputs * outputs),
    )
}

fn latent_frames(plan: &Plan) -> u64 {
    plan.latent_shape().frames.unsigned_abs().into()
}
