//! What "balanced" and "fast" are for each model.

use super::mag::{MagCache, fits};
use super::{FIRST, StepCache};
use crate::job::{Checkpoint, Sampling, Variant};

/// The name of the built-in model, which has a row of its own.
const BUILT_IN: &str = "Zoetrope toy world";
/// It decides what a clip shows in its first steps, however few there are.
const LEAST_FIRST: u32 = 4;

/// The cache behind a word.
///
/// | model | balanced | fast |
/// |---|---|---|
/// | built-in | measured by `cargo xtask eval-caches`: 0.05, the first fifth kept | 0.1, the first fifth kept |
/// | T2V-1.3B, T2V-14B | half of the error beside, one skip | MagCache's own: error 0.12, 2 skips, the first fifth kept |
/// | TI2V-5B | half of the error beside | MagCache's own, 10 m 39 to 5 m 24: 0.06, 2, 0.2 |
/// | T2V-A14B at shift 12 | MagCache's own, 27 m 09 to 18 m 10: 0.06, 2, 0.4 | maxdiffusion's, 1.82 ×: 0.04, 2, 0.2 |
/// | I2V-A14B at shift 5 | MagCache's own, 26 m 43 to 20 m 05: 0.06, 2, 0.1 | EasyCache's for 2 ×: 0.1 |
/// | the other families, and two experts at another shift | EasyCache's own: 0.05 | EasyCache's for 2 ×: 0.1 |
pub(super) fn of(word: StepCache, checkpoint: &Checkpoint, sampling: &Sampling) -> StepCache {
    let fast = word == StepCache::Fast;
    let mag = |error, skips, keep| StepCache::MagCache(MagCache { error, skips, keep });
    let easy = |threshold, first| StepCache::EasyCache { threshold, first };
    if checkpoint.name == BUILT_IN {
        let first = (sampling.steps / 5).max(LEAST_FIRST);
        return easy(if fast { 0.1 } else { 0.05 }, first);
    }
    if !fits(checkpoint, sampling.shift) {
        return easy(if fast { 0.1 } else { 0.05 }, FIRST);
    }
    match (checkpoint.variant, fast) {
        (Variant::T2v, false) => mag(0.06, 1, 0.2),
        (Variant::T2v, true) => mag(0.12, 2, 0.2),
        (Variant::Ti2v, false) => mag(0.03, 2, 0.2),
        (Variant::Ti2v, true) => mag(0.06, 2, 0.2),
        (Variant::T2vA14b, false) => mag(0.06, 2, 0.4),
        (Variant::T2vA14b, true) => mag(0.04, 2, 0.2),
        (Variant::I2vA14b, false) => mag(0.06, 2, 0.1),
        (Variant::I2vA14b, true) => easy(0.1, FIRST),
        // Nobody has measured these.
        (
            Variant::I2v
            | Variant::Flf2v
            | Variant::FunInp
            | Variant::FunInpA14b
            | Variant::FunControl
            | Variant::FunControlA14b
            | Variant::Vace
            | Variant::VaceA14b
            | Variant::LucyEdit,
            _,
        ) => easy(if fast { 0.1 } else { 0.05 }, FIRST),
    }
}
