//! A *schedule* is the falling row of noise levels that a run visits, and the timesteps that the
//! network is told there.

use crate::error::{Error, Result};
use crate::job::{Sampler, Table};

/// The number of noise levels that the networks were trained with.
const TRAINED_LEVELS: f64 = 1000.0;

/// Noise levels and timesteps of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// One more than there are steps; the last is 0. Rounded to float32, as the official tables
    /// are.
    pub sigmas: Vec<f64>,
    /// What the network is told at each step: 1000 sigma, which the official tables truncate.
    pub timesteps: Vec<f64>,
}

impl Schedule {
    /// The way of `sampler` on this table.
    pub fn of(sampler: Sampler, table: Table, steps: usize, shift: f64) -> Self {
        match (sampler, table) {
            (Sampler::Rcm, Table::Steep) => Self::rcm(steps, 200.0),
            (Sampler::Rcm, _) => Self::rcm(steps, 80.0),
            (_, Table::Even) | (Sampler::Lcm, _) => Self::even(steps, shift),
            (_, Table::Thousandth) => Self::thousandth(steps, shift),
            (_, Table::Warped) => Self::warped(steps, shift),
            (Sampler::UniPc | Sampler::Euler, _) => Self::unipc(steps, shift),
            (Sampler::DpmPp, _) => Self::dpmpp(steps, shift),
            (Sampler::Dmd, _) => Self::dmd(steps),
        }
    }

    /// The table of UniPC, and of Euler here.
    ///
    /// Wan2.2 `wan/utils/fm_solvers_unipc.py`, `FlowUniPCMultistepScheduler.set_timesteps`: it
    /// starts at the highest level of a table of 1000, which was rounded to float32.
    pub fn unipc(steps: usize, shift: f64) -> Self {
        Self::falling_from(f64::from(0.999_f32), steps, shift)
    }

    /// The table of DPM++, which starts at pure noise.
    ///
    /// Wan2.2 `wan/utils/fm_solvers.py`, `get_sampling_sigmas`.
    pub fn dpmpp(steps: usize, shift: f64) -> Self {
        Self::falling_from(1.0, steps, shift)
    }

    /// The table of Lightning and `LightX2V`: evenly from pure noise, and timesteps as they come out.
    ///
    /// ModelTC/Wan2.2-Lightning at commit 92efeb4, `wan/text2video.py`, `generate`.
    pub fn even(steps: usize, shift: f64) -> Self {
        Self::exactly((0..steps).map(|i| bent(1.0 - i as f64 / steps as f64, shift)))
    }

    /// The table of Euler in `Wan2GP`: evenly from pure noise down to a thousandth of it, and timesteps as they come out.
    ///
    /// deepbeepmeep/Wan2GP at commit 00e49d4, `models/wan/any2video.py`, `WanAny2V.generate`.
    pub fn thousandth(steps: usize, shift: f64) -> Self {
        let last = steps.saturating_sub(1).max(1) as f64;
        Self::exactly((0..steps).map(|i| bent(1.0 - 0.999 * i as f64 / last, shift)))
    }

    /// The table of FastWan for its 1.3B: a list of whole timesteps, each with the level of a table of shift 8 that
    /// lies nearest to it, whatever the shift of the rest.
    ///
    /// hao-ai-lab/FastVideo at commit 2f3d407, `fastvideo/pipelines/stages/denoising.py`, `DmdDenoisingStage`.
    pub fn dmd(steps: usize) -> Self {
        const SHIFT: f64 = 8.0;
        let timesteps: Vec<f64> = dmd_list(steps).into_iter().map(f64::from).collect();
        let levels: Vec<f64> = (1..=1000_u32)
            .map(|level| bent(f64::from(level) / TRAINED_LEVELS, SHIFT))
            .collect();
        let nearest = |timestep: f64| {
            let distance = |level: &f64| (level * TRAINED_LEVELS - timestep).abs();
            let near = levels
                .iter()
                .min_by(|a, b| distance(a).total_cmp(&distance(b)));
            near.copied().unwrap_or(1.0)
        };
        let mut sigmas: Vec<f64> = timesteps
            .iter()
            .map(|&timestep| f64::from(nearest(timestep) as f32))
            .collect();
        sigmas.push(0.0);
        Self { sigmas, timesteps }
    }

    /// The same list bent by `shift`, as FastWan has it for the 5B.
    pub fn warped(steps: usize, shift: f64) -> Self {
        let list = dmd_list(steps).into_iter();
        Self::exactly(list.map(|timestep| bent(f64::from(timestep) / TRAINED_LEVELS, shift)))
    }

    /// The table of rCM and TurboDiffusion: angles between the data and the noise, of which the first is that of noise
    /// `ratio` times as strong as the data. It has at most four steps.
    ///
    /// thu-ml/TurboDiffusion at commit aaecff5, `turbodiffusion/inference/wan2.1_t2v_infer.py`.
    pub fn rcm(steps: usize, ratio: f64) -> Self {
        let angles = [ratio.atan(), 1.5, 1.4, 1.0].into_iter().take(steps);
        Self::exactly(angles.map(|angle: f64| angle.sin() / (angle.sin() + angle.cos())))
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.timesteps.len()
    }

    /// The noise level before step `i` and the one after it.
    pub fn interval(&self, i: usize) -> Result<(f64, f64)> {
        match self.sigmas.get(i..).and_then(<[f64]>::first_chunk) {
            Some(&[before, after]) => Ok((before, after)),
            None => Err(Error::Other(format!(
                "There is no step {i} in a schedule of {} steps: this is a defect of the program",
                self.steps()
            ))),
        }
    }

    /// Evenly from `top` towards 0, then bent towards high noise by `shift`.
    fn falling_from(top: f64, steps: usize, shift: f64) -> Self {
        // The order of operations is NumPy's linspace, so that truncation falls on the same side.
        let stride = -top / steps as f64;
        let exact = (0..steps).map(|i| bent(i as f64 * stride + top, shift));
        let (mut sigmas, timesteps): (Vec<f64>, Vec<f64>) = exact
            .map(|sigma| (f64::from(sigma as f32), (sigma * TRAINED_LEVELS).trunc()))
            .unzip();
        sigmas.push(0.0);
        Self { sigmas, timesteps }
    }

    /// These levels and then 0, and 1000 times as much for the network, both as float32.
    fn exactly(levels: impl Iterator<Item = f64>) -> Self {
        let (mut sigmas, timesteps): (Vec<f64>, Vec<f64>) = levels
            .map(|sigma| {
                let timestep = (sigma * TRAINED_LEVELS) as f32;
                (f64::from(sigma as f32), f64::from(timestep))
            })
            .unzip();
        sigmas.push(0.0);
        Self { sigmas, timesteps }
    }
}

/// A level bent towards high noise.
fn bent(even: f64, shift: f64) -> f64 {
    shift * even / (1.0 + (shift - 1.0) * even)
}

/// The timesteps that the networks of FastVideo were distilled for; other numbers of steps lie evenly.
fn dmd_list(steps: usize) -> Vec<u32> {
    if steps == 3 {
        return vec![1000, 757, 522];
    }
    let even = |i: usize| TRAINED_LEVELS * (steps - i) as f64 / steps as f64;
    (0..steps).map(|i| even(i).round() as u32).collect()
}

/// Half the logarithm of the signal-to-noise ratio: the time in which the multistep solvers' steps
/// are polynomials.
///
/// It is negative infinity at pure noise and infinity at clean latents.
pub(super) fn log_snr(sigma: f64) -> f64 {
    (1.0 - sigma).ln() - sigma.ln()
}
