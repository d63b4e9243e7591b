//! MagCache: which passes are computed is known beforehand, since it depends on the model and the number of steps alone.
//!
//! Zehong-Ma/MagCache at commit df81cb1, `MagCache4Wan2.1/magcache_generate.py` and
//! `MagCache4Wan2.2/magcache_generate.py`.

use super::super::{Checkpoint, Variant};
use super::curves;

/// How much MagCache may save.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MagCache {
    /// The error that may add up before a pass is computed again.
    pub error: f64,
    /// The most passes in a row that are saved.
    pub skips: u32,
    /// The share of the first steps, of each expert, that are always computed.
    pub keep: f64,
}

/// The steps in which nothing is saved but for the first share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There is one network.
    Single,
    /// So many steps are at high noise, and each expert has a share of its own.
    Each(usize),
    /// So many steps are at high noise, and all of these are computed.
    LowOnly(usize),
}

impl MagCache {
    /// Which passes are computed, of each step that with the prompt and the one without.
    ///
    /// In the first step of an expert both are, whatever its share: the authors' code could take over what the other
    /// expert had computed.
    pub fn computed(&self, curve: &[f64], steps: usize, phase: Phase) -> Vec<[bool; 2]> {
        let ratios = [0, 1].map(|branch| resampled(curve, branch, steps));
        let mut sums = [Sum::default(); 2];
        let mut computed = Vec::with_capacity(steps);
        let [with, without] = &ratios;
        for (step, ratios) in with.iter().zip(without).enumerate() {
            let ratios = [*ratios.0, *ratios.1];
            computed.push([0, 1].map(|branch| {
                let always = self.is_kept(2 * step + branch, steps, phase)
                    || phase.first_of_low() == Some(step);
                always || !sums[branch].saves(ratios[branch], self)
            }));
        }
        computed
    }

    /// Whether a pass, counted over both branches, is one of those that are always computed.
    fn is_kept(&self, pass: usize, steps: usize, phase: Phase) -> bool {
        let all = 2.0 * steps as f64;
        let count = pass as f64;
        match phase {
            Phase::Single => count < (all * self.keep).trunc(),
            Phase::Each(high) => {
                let high = 2.0 * high as f64;
                count < (high * self.keep).trunc()
                    || (high..=(all - high) * self.keep + high).contains(&count)
            }
            Phase::LowOnly(high) => {
                let high = 2.0 * high as f64;
                count < (high + (all - high) * self.keep).trunc()
            }
        }
    }
}

impl Phase {
    fn first_of_low(self) -> Option<usize> {
        match self {
            Self::Single => None,
            Self::Each(high) | Self::LowOnly(high) => Some(high),
        }
    }
}

/// What has added up since a branch was computed last.
#[derive(Clone, Copy)]
struct Sum {
    ratio: f64,
    error: f64,
    skipped: u32,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            ratio: 1.0,
            error: 0.0,
            skipped: 0,
        }
    }
}

impl Sum {
    /// Whether the pass whose ratio this is can be saved.
    fn saves(&mut self, ratio: f64, cache: &MagCache) -> bool {
        self.ratio *= ratio;
        self.error += (1.0 - self.ratio).abs();
        self.skipped += 1;
        let saves = self.error < cache.error && self.skipped <= cache.skips;
        if !saves {
            *self = Self::default();
        }
        saves
    }
}

/// The ratios of one branch for so many steps: those of the nearest step of the curve, which begins with the second one.
fn resampled(curve: &[f64], branch: usize, steps: usize) -> Vec<f64> {
    let own = curve.iter().skip(branch).step_by(2).copied();
    let own: Vec<f64> = [1.0].into_iter().chain(own).collect();
    let last = (own.len() - 1) as f64;
    let most = steps.saturating_sub(1).max(1) as f64;
    let nearest = |step: usize| (step as f64 * last / most).round_ties_even() as usize;
    (0..steps).map(|step| own[nearest(step)]).collect()
}

/// The curve of a model; `picture` tells whether it begins with one. Of a family that was not measured it is that of the
/// model it was trained from, which only whoever asks for MagCache by numbers gets.
pub fn curve(checkpoint: &Checkpoint, picture: bool) -> &'static [f64] {
    match checkpoint.variant {
        // Its tensors would tell, but a plan is made without opening them.
        Variant::T2v | Variant::Vace if checkpoint.name.to_lowercase().contains("14b") => {
            curves::T2V_14B
        }
        Variant::I2v | Variant::Flf2v => curves::T2V_14B,
        Variant::T2v | Variant::Vace => curves::T2V_1_3B,
        Variant::Ti2v | Variant::FunInp | Variant::FunControl if picture => curves::TI2V_5B_PICTURE,
        Variant::Ti2v | Variant::FunInp | Variant::FunControl | Variant::LucyEdit => {
            curves::TI2V_5B
        }
        Variant::T2vA14b | Variant::FunControlA14b | Variant::VaceA14b => curves::T2V_A14B,
        Variant::I2vA14b | Variant::FunInpA14b => curves::I2V_A14B,
    }
}

/// Whether the curve holds: the shift moves the step at which the experts change.
pub(super) fn fits(checkpoint: &Checkpoint, shift: f64) -> bool {
    let two = checkpoint.high_noise.is_some();
    !two || shift
        .total_cmp(&checkpoint.variant.defaults().shift)
        .is_eq()
}
