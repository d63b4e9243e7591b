//! The noise levels of a run, as far as they tell whether it can work.

use super::{OutOfRange, Refusal, Sampler};

/// Whether a video begins as noise, and each step goes to a lower level of it, in the float32 that the official tables are
/// rounded to: `sampler/schedule.rs` has the formula. `UniPC` begins below pure noise, whose signal has no logarithm.
pub(super) fn check_levels(shift: f64, steps: u32, sampler: Sampler) -> Result<(), Refusal> {
    /// Below it half of the noise or more goes in the first step.
    const LEAST: f64 = 1e-3;
    let top = match sampler {
        Sampler::DpmPp | Sampler::Dmd | Sampler::Lcm | Sampler::Rcm => 1.0,
        Sampler::UniPc | Sampler::Euler => f64::from(0.999_f32),
    };
    let level = |step: u32| {
        let even = top * (1.0 - f64::from(step) / f64::from(steps));
        (shift * even / (1.0 + (shift - 1.0) * even)) as f32
    };
    let falls = (1..steps).all(|step| level(step) < level(step - 1));
    let begins = shift >= LEAST && (sampler != Sampler::UniPc || level(0) < 1.0);
    if falls && begins && level(steps - 1) > 0.0 {
        return Ok(());
    }
    Err(OutOfRange::ShiftForSteps { shift, steps }.into())
}
