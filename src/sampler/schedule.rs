//! A *schedule* is the falling row of noise levels that a run visits, and the timesteps that the
//! network is told there.

use crate::error::{Error, Result};

/// The number of noise levels that the networks were trained with.
const TRAINED_LEVELS: f64 = 1000.0;

/// Noise levels and timesteps of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// One more than there are steps; the last is 0. Rounded to float32, as the official tables
    /// are.
    pub sigmas: Vec<f64>,
    /// What the network is told at each step: 1000 sigma, truncated.
    pub timesteps: Vec<i64>,
}

impl Schedule {
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
        let exact = (0..steps).map(|i| {
            let even = i as f64 * stride + top;
            shift * even / (1.0 + (shift - 1.0) * even)
        });
        let (mut sigmas, timesteps): (Vec<f64>, Vec<i64>) = exact
            .map(|sigma| (f64::from(sigma as f32), (sigma * TRAINED_LEVELS) as i64))
            .unzip();
        sigmas.push(0.0);
        Self { sigmas, timesteps }
    }
}

/// Half the logarithm of the signal-to-noise ratio: the time in which the multistep solvers' steps
/// are polynomials.
///
/// It is negative infinity at pure noise and infinity at clean latents.
pub(super) fn log_snr(sigma: f64) -> f64 {
    (1.0 - sigma).ln() - sigma.ln()
}
