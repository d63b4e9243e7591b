//! Whether a plan that comes from a file can be carried out: everything that the file may say is looked at.

use super::checks::{
    check_fps, check_frames, check_loras, check_scales, check_shift, check_steps, exactly,
};
use super::memory::MOST_TILES;
use super::refusal::refuse;
use super::{Checkpoint, Field, Pictures, Plan, Refusal, Sampler};

/// The first value that cannot work, with what would.
pub(super) fn check_plan(plan: &Plan) -> Result<(), Refusal> {
    let checkpoint = &plan.checkpoint;
    let variant = checkpoint.variant;
    exactly(plan.size, variant.alignment())?;
    check_frames(plan.frames, variant)?;
    check_fps(plan.fps)?;
    check_steps(plan.steps)?;
    check_shift(plan.shift)?;
    check_levels(plan.shift, plan.steps, plan.sampler)?;
    check_scales(plan.guidance, checkpoint)?;
    check_loras(&plan.loras, checkpoint)?;
    check_model(checkpoint)?;
    let takes = variant.pictures();
    if matches!(
        (takes, plan.picture.is_some()),
        (Pictures::None, true) | (Pictures::Ends, false)
    ) {
        return refuse(
            Field::Image,
            "A first frame that this model does not take, or none where it needs one, cannot work",
        );
    }
    if plan.last_picture.is_some() && (takes != Pictures::Ends || plan.frames == 1) {
        return refuse(
            Field::LastImage,
            "A last frame that this model does not take cannot work",
        );
    }
    if !(1..=MOST_TILES).contains(&plan.thrift.tiles) {
        return refuse(
            Field::Memory,
            format!(
                "{} tiles cannot work: {MOST_TILES} is the most",
                plan.thrift.tiles
            ),
        );
    }
    Ok(())
}

fn check_model(checkpoint: &Checkpoint) -> Result<(), Refusal> {
    let boundary = checkpoint.high_noise.as_ref().map(|high| high.boundary);
    if boundary.is_some_and(|boundary| !(0.0..=1.0).contains(&boundary)) {
        return refuse(
            Field::Guidance,
            "A boundary between two experts that is not from 0 to 1 cannot work",
        );
    }
    let channels = checkpoint.variant.latent_channels() as usize;
    match &checkpoint.latent_rgb {
        Some(map) if map.factors.len() != channels => refuse(
            Field::Size,
            format!(
                "{} factors for {channels} channels cannot work",
                map.factors.len()
            ),
        ),
        _ => Ok(()),
    }
}

/// Whether a video begins as noise, and each step goes to a lower level of it, in the float32 that the official tables are
/// rounded to: `sampler/schedule.rs` has the formula. `UniPC` begins below pure noise, whose signal has no logarithm.
pub(super) fn check_levels(shift: f64, steps: u32, sampler: Sampler) -> Result<(), Refusal> {
    /// Below it half of the noise or more goes in the first step.
    const LEAST: f64 = 1e-3;
    let top = match sampler {
        Sampler::DpmPp => 1.0,
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
    refuse(
        Field::Shift,
        format!("A shift of {shift} cannot work with {steps} steps: give one nearer to 5"),
    )
}
