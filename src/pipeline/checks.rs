//! What is looked at while a job runs, so that it stops with a reason instead of saving a black
//! video after hours.

use mlx_rs::Array;

use crate::job::{After, Implausible, Plan, Problem};
use crate::{Error, Result};

/// The root mean square of latents, between pure noise and a video, must lie in this range.
///
/// The VAE's latents are normalised to a spread of 1 in each channel, the noise has a spread of 1,
/// and what lies between is a weighted mean of both. Networks are not perfect and guidance
/// exaggerates, so a few times that happens; a hundred times it is beyond everything that the VAE has
/// seen, and a thousandth of it is next to nothing.
const PLAUSIBLE: std::ops::RangeInclusive<f32> = 1e-3..=1e2;

/// The starting noise of a file.
pub(super) fn start(plan: &Plan, noise: &Array) -> Result<()> {
    match &plan.sources.noise {
        Some(path) if !is_finite(noise)? => Err(Error::content(
            path,
            "holds values that are not finite: it cannot be the starting noise",
        )),
        _ => Ok(()),
    }
}

/// Whether every value is finite, and their squares are.
pub(super) fn is_finite(latents: &Array) -> Result<bool> {
    Ok(spread(latents)?.is_finite())
}

/// The latents after step number `step`, counted from 1.
pub(super) fn latents(plan: &Plan, step: usize, latents: &Array) -> Result<()> {
    let spread = spread(latents)?;
    if PLAUSIBLE.contains(&spread) {
        return Ok(());
    }
    let after = After {
        step,
        of: plan.sampling.steps,
        loras: plan.sources.loras.len(),
    };
    let what = if !spread.is_finite() {
        Implausible::LatentsNotFinite(after)
    } else if spread > *PLAUSIBLE.end() {
        Implausible::LatentsTooWide {
            after,
            times: spread,
            guidance: plan.sampling.guidance,
            shift: plan.sampling.shift,
        }
    } else {
        Implausible::LatentsVanish(after)
    };
    Err(Problem::Implausible(what).into())
}

/// The root mean square: not finite if any value is not, and one small reduction.
fn spread(latents: &Array) -> Result<f32> {
    let mean = latents.square()?.mean(None)?;
    Ok(value(&mean)?.sqrt())
}

/// Decoded frames as floats, before they become bytes: there a value that is no number would turn
/// into black.
pub(super) fn frames(frames: &Array) -> Result<()> {
    if value(&frames.sum(None)?)?.is_finite() {
        return Ok(());
    }
    Err(Problem::Implausible(Implausible::FramesNotFinite).into())
}

/// Watches the pixels of a video go by.
#[derive(Default)]
pub(super) struct Pixels {
    /// The colour of everything so far, until there was another one.
    only: Option<[u8; 3]>,
    varied: bool,
}

impl Pixels {
    /// The next frames, (height, width, 3) bytes each. Two pixels that differ end the search.
    pub(super) fn see(&mut self, frames: &[u8]) {
        if self.varied {
            return;
        }
        let pixels = frames.as_chunks::<3>().0;
        let Some(&first) = pixels.first() else { return };
        let only = *self.only.get_or_insert(first);
        self.varied = pixels.iter().any(|pixel| *pixel != only);
    }

    /// After the last one. A single dark frame is somebody's fade-in; a whole video of one colour is
    /// nobody's wish.
    pub(super) fn end(&self) -> Result<()> {
        if self.varied {
            return Ok(());
        }
        Err(Problem::Implausible(Implausible::OneColour).into())
    }
}

fn value(scalar: &Array) -> Result<f32> {
    scalar
        .try_item_cast()
        .map_err(|error| Error::from(Problem::Mlx(error.to_string())))
}
