//! The arithmetic of tiny VAEs: they work on the frames of one latent at a time.

use super::arrays::Arrays;
use super::{Need, TinySizes};
use crate::job::{Plan, Stage};

/// The frames that come out of one latent.
const FRAMES: u64 = 4;
/// Arrays of all of these in the largest layers. A processor copies what a convolution sees for each of its nine weights.
const ARRAYS: Arrays = Arrays {
    fused: 5,
    stepwise: 31,
};
/// A preview has one frame of a latent, and half of each side.
const OF_PREVIEW: u64 = 16;

/// Decoding the frames of a draft.
pub(super) fn decode(plan: &Plan, tiny: &TinySizes) -> Need {
    Need::new(Stage::Decode, 4 * tiny.weights, work(plan, tiny))
}

/// What a preview takes while denoising.
pub(super) fn preview(plan: &Plan, tiny: &TinySizes) -> u64 {
    4 * tiny.weights + work(plan, tiny) / OF_PREVIEW
}

fn work(plan: &Plan, tiny: &TinySizes) -> u64 {
    let points = plan.canvas.size.area() / tiny.patch.pow(2).max(1);
    4 * FRAMES * points * tiny.width * ARRAYS.of(tiny.fused)
}
