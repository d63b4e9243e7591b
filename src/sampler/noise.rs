//! Starting noise, as PyTorch's CPU generator draws it, so that a seed means the same here as in
//! other programs.
//!
//! `ComfyUI` and diffusers draw on the CPU. The official code draws on the accelerator, which
//! cannot be reproduced elsewhere.

use std::f64::consts::TAU;

use mlx_rs::Array;
use rand_mt::Mt;

/// Standard normal float32 values: `torch.randn(shape,
/// generator=torch.Generator("cpu").manual_seed(seed))`.
pub fn noise(seed: u64, shape: &[i32]) -> Array {
    let count = shape
        .iter()
        .map(|&side| usize::try_from(side).unwrap_or(0))
        .product();
    Array::from_slice(&draw(seed, count), shape)
}

/// PyTorch `aten/src/ATen/native/cpu/DistributionTemplates.h`, `normal_fill` and, for few values,
/// `normal_distribution`.
fn draw(seed: u64, count: usize) -> Vec<f32> {
    let mut generator = Mt::new(seed as u32);
    if count < BLOCK {
        return pairs(&mut generator).take(count).collect();
    }
    let mut values: Vec<f32> = (0..count).map(|_| uniform(&mut generator)).collect();
    let (blocks, rest) = values.as_chunks_mut::<BLOCK>();
    blocks.iter_mut().for_each(box_muller);
    if !rest.is_empty() {
        // The values left over are not transformed: the last 16 are drawn anew.
        let mut last = std::array::from_fn(|_| uniform(&mut generator));
        box_muller(&mut last);
        values.truncate(count - BLOCK);
        values.extend(last);
    }
    values
}

/// Values are made in blocks of this many.
const BLOCK: usize = 16;

/// In [0, 1), from 24 bits.
fn uniform(generator: &mut Mt) -> f32 {
    (generator.next_u32() & 0x00ff_ffff) as f32 / 16_777_216.0
}

/// The first half of a block gives radii, the second angles.
fn box_muller(block: &mut [f32; BLOCK]) {
    const HALF: usize = BLOCK / 2;
    for i in 0..HALF {
        let radius = (-2.0 * (1.0 - block[i]).ln()).sqrt();
        let angle = std::f32::consts::TAU * block[i + HALF];
        block[i] = radius * angle.cos();
        block[i + HALF] = radius * angle.sin();
    }
}

/// Fewer values than a block: two from each pair of doubles.
fn pairs(generator: &mut Mt) -> impl Iterator<Item = f32> {
    std::iter::repeat_with(|| {
        let turn = uniform_double(generator);
        let radius = (-2.0 * (-uniform_double(generator)).ln_1p()).sqrt();
        [
            (radius * (TAU * turn).cos()) as f32,
            (radius * (TAU * turn).sin()) as f32,
        ]
    })
    .flatten()
}

/// In [0, 1), from 53 bits of two draws, the high half first.
fn uniform_double(generator: &mut Mt) -> f64 {
    let high = u64::from(generator.next_u32());
    let bits = (high << 32 | u64::from(generator.next_u32())) & ((1 << 53) - 1);
    bits as f64 / (1_u64 << 53) as f64
}
