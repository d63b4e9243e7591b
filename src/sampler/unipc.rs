//! UniPC of order 2: each step first corrects the latents it is given, now that the network has
//! spoken there, and then predicts the next.

use mlx_rs::Array;

use super::schedule::log_snr;
use super::{Recall, Sampler, Schedule, weighted_sum};
use crate::error::Result;

/// Wan2.2 `wan/utils/fm_solvers_unipc.py`, `FlowUniPCMultistepScheduler` with its defaults: order
/// 2, the "bh2" variant, predicting clean latents, of lower order in the first and the last step.
#[derive(Clone, Debug)]
pub struct UniPc {
    schedule: Schedule,
    /// The clean latents that earlier steps predicted, at most two, the newest last.
    clean: Vec<Array>,
    /// The latents that the last prediction started from: the corrected ones, not what the caller
    /// may have made of them.
    corrected: Option<Array>,
    /// The order of the last prediction, which its correction shares.
    order: usize,
}

/// The highest order: how many predictions of clean latents a step looks at.
const ORDER: usize = 2;

// The names of what it remembers. The order is not among them: it follows from the step.
const NEWEST: &str = "clean";
const OLDER: &str = "clean.before";
const CORRECTED: &str = "corrected";

impl UniPc {
    /// At the start of a schedule.
    pub fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            clean: Vec::with_capacity(ORDER + 1),
            corrected: None,
            order: 0,
        }
    }

    /// The latents before step `i`, found again from those before step `i - 1` with the clean
    /// latents now known at both ends. `multistep_uni_c_bh_update`.
    fn correct(&self, i: usize, latents: &Array, clean: &Array) -> Result<Array> {
        let (Some(start), Some(newest)) = (&self.corrected, self.clean.last()) else {
            return Ok(latents.clone());
        };
        let step = Step::new(&self.schedule, i.wrapping_sub(1))?;
        let (Some(older), true) = (self.older(), self.order == ORDER) else {
            return step.from(start, newest, &[(0.5, clean)]);
        };
        let ratio = step.ratio_to(&self.schedule, i.wrapping_sub(1))?;
        let (past, present) = step.correction_weights(ratio);
        step.from(start, newest, &[(past / ratio, older), (present, clean)])
    }

    /// The latents after step `i`. `multistep_uni_p_bh_update`.
    fn predict(&self, i: usize, latents: &Array, clean: &Array) -> Result<Array> {
        let step = Step::new(&self.schedule, i)?;
        match self.older() {
            Some(older) if self.order == ORDER => {
                let ratio = step.ratio_to(&self.schedule, i)?;
                step.from(latents, clean, &[(0.5 / ratio, older)])
            }
            _ => step.from(latents, clean, &[]),
        }
    }

    /// The order of the prediction in step `i`, from the clean latents that are known then.
    fn order_of(&self, i: usize) -> usize {
        let left = self.schedule.steps().saturating_sub(i);
        ORDER.min(self.clean.len()).min(left)
    }

    /// The clean latents one before the newest.
    fn older(&self) -> Option<&Array> {
        self.clean.iter().rev().nth(1)
    }
}

impl Sampler for UniPc {
    fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    fn step(&mut self, i: usize, latents: &Array, velocity: &Array) -> Result<Array> {
        let clean = Sampler::clean(self, i, latents, velocity)?;
        let latents = self.correct(i, latents, &clean)?;
        self.clean.push(clean.clone());
        if self.clean.len() > ORDER {
            self.clean.remove(0);
        }
        self.order = self.order_of(i);
        let next = self.predict(i, &latents, &clean)?;
        self.corrected = Some(latents);
        Ok(next)
    }

    fn memory(&self) -> Vec<(&'static str, Array)> {
        let newest = self.clean.last().map(|clean| (NEWEST, clean));
        let older = self.older().map(|clean| (OLDER, clean));
        let corrected = self.corrected.as_ref().map(|latents| (CORRECTED, latents));
        let all = [newest, older, corrected].into_iter().flatten();
        all.map(|(name, array)| (name, array.clone())).collect()
    }

    fn restore(&mut self, next: usize, recall: &Recall) -> Result<()> {
        let Some(last) = next.checked_sub(1) else {
            return Ok(()); // nothing is known before the first step
        };
        let names = if last == 0 {
            &[NEWEST][..]
        } else {
            &[OLDER, NEWEST]
        };
        self.clean = names
            .iter()
            .map(|name| recall(name))
            .collect::<Result<_>>()?;
        self.corrected = Some(recall(CORRECTED)?);
        self.order = self.order_of(last);
        Ok(())
    }
}

/// The numbers of one interval of the schedule.
struct Step {
    /// The noise level at its start.
    sigma: f64,
    /// The noise level at its end.
    next: f64,
    /// Its length in log-SNR, infinite for the last.
    length: f64,
}

impl Step {
    fn new(schedule: &Schedule, i: usize) -> Result<Self> {
        let (sigma, next) = schedule.interval(i)?;
        Ok(Self {
            sigma,
            next,
            length: log_snr(next) - log_snr(sigma),
        })
    }

    /// From `start` towards `clean`, bent by the differences of `others` from it, each with its
    /// weight.
    fn from(&self, start: &Array, clean: &Array, others: &[(f64, &Array)]) -> Result<Array> {
        let pull = (1.0 - self.next) * -(-self.length).exp_m1();
        let rest: f64 = others.iter().map(|(weight, _)| weight).sum();
        let mut terms = vec![
            (self.next / self.sigma, start),
            (pull * (1.0 - rest), clean),
        ];
        terms.extend(others.iter().map(|&(weight, other)| (pull * weight, other)));
        weighted_sum(&terms)
    }

    /// Where the step before this one, `i`, began, measured from this one's start in its length: a
    /// negative number.
    fn ratio_to(&self, schedule: &Schedule, i: usize) -> Result<f64> {
        let (earlier, _) = schedule.interval(i.wrapping_sub(1))?;
        Ok((log_snr(earlier) - log_snr(self.sigma)) / self.length)
    }

    /// The weights of the two differences in a correction of order 2: past and present.
    ///
    /// They solve the two equations that make the correction exact for polynomials up to order 2 in
    /// log-SNR.
    fn correction_weights(&self, ratio: f64) -> (f64, f64) {
        let h = -self.length;
        let grown = h.exp_m1();
        let first = grown / h - 1.0;
        let second = first / h - 0.5;
        let (first, second) = (first / grown, 2.0 * second / grown);
        let past = (first - second) / (1.0 - ratio);
        (past, first - past)
    }
}
