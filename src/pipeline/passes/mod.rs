//! The *passes* of the network that a step takes, one for each text, and those of them that are saved.

mod easy;
mod mag;

use mlx_rs::Array;

use super::conditioning::Conditioning;
use super::experts::{Denoiser, Sight};
use crate::Result;
use crate::job::{self, Expert, Guidance, Plan, StepCache};
use crate::sampler::Schedule;
use easy::EasyCache;
use mag::MagCache;

/// A tensor that was kept in the run folder, by name; none if it was not.
pub(super) type Recall<'a> = dyn Fn(&str) -> Result<Option<Array>> + 'a;

/// How many passes a plan will compute, and how many there would be, where some are saved and that is known beforehand:
/// EasyCache decides on the way.
pub fn planned(plan: &Plan) -> Option<(u32, u32)> {
    let sampling = &plan.sampling;
    let steps = sampling.steps as usize;
    let schedule = Schedule::of(sampling.sampler, plan.speedups.table, steps, sampling.shift);
    let computed = match plan.speedups.cache {
        StepCache::EasyCache { .. } => return None,
        StepCache::MagCache(numbers) => MagCache::new(plan, numbers, &schedule.timesteps).computed,
        StepCache::Off | StepCache::Balanced | StepCache::Fast => vec![[true; 2]; steps],
    };
    if !plan.speedups.saves_passes() {
        return None;
    }
    let (mut some, mut all) = (0, 0);
    for (step, [with, without]) in computed.into_iter().enumerate() {
        let (expert, _) = plan.expert_at(schedule.timesteps[step]);
        let guided = sampling.guidance.of(expert).total_cmp(&1.0).is_ne();
        all += 1 + u32::from(guided);
        if !plan.is_still_at(step) {
            some += u32::from(with) + u32::from(without && guided && plan.guides_at(step));
        }
    }
    Some((some, all))
}

/// What each step of a plan will cost, in passes of the network. Where EasyCache decides on the way, it is told from how
/// much its authors say that it saves.
pub fn step_costs(plan: &Plan) -> Vec<f64> {
    /// What a step costs besides: the sampler, the embeddings, the head.
    const REST: f64 = 0.05;
    let sampling = &plan.sampling;
    let steps = sampling.steps as usize;
    let schedule = Schedule::of(sampling.sampler, plan.speedups.table, steps, sampling.shift);
    let table = match plan.speedups.cache {
        StepCache::MagCache(numbers) => {
            Some(MagCache::new(plan, numbers, &schedule.timesteps).computed)
        }
        _ => None,
    };
    let computed = |step: usize, branch: usize| match (plan.speedups.cache, &table) {
        (StepCache::EasyCache { threshold, first }, _) => {
            easy::share(step, steps, threshold, first as usize)
        }
        (_, Some(table)) => f64::from(u8::from(table[step][branch])),
        _ => 1.0,
    };
    let timesteps = schedule.timesteps.iter().enumerate();
    let costs = timesteps.map(|(step, &timestep)| {
        if plan.is_still_at(step) {
            return REST;
        }
        let (expert, _) = plan.expert_at(timestep);
        let guided = sampling.guidance.of(expert).total_cmp(&1.0).is_ne();
        let second = guided && plan.guides_at(step);
        let without = if second { computed(step, 1) } else { 0.0 };
        REST + computed(step, 0) + without
    });
    costs.collect()
}

/// The network's passes, step after step.
pub(super) struct Passes<'a> {
    plan: &'a Plan,
    given: &'a Conditioning,
    timesteps: Vec<f64>,
    cache: Cache,
    /// Of each step so far, whether the pass with the prompt and the one without it were computed.
    computed: Vec<[bool; 2]>,
    /// That of the step before.
    expert: Option<Expert>,
}

enum Cache {
    Off,
    Easy(EasyCache),
    Mag(MagCache),
}

/// The name of the table of what was computed: (steps, 2), 1 or 0.
const COMPUTED: &str = "computed";

impl<'a> Passes<'a> {
    /// Before the first step.
    pub(super) fn new(plan: &'a Plan, given: &'a Conditioning, schedule: &Schedule) -> Self {
        let cache = match plan.speedups.cache {
            StepCache::EasyCache { threshold, first } => Cache::Easy(EasyCache::new(
                threshold as f32,
                first as usize,
                schedule.steps(),
            )),
            StepCache::MagCache(numbers) => {
                Cache::Mag(MagCache::new(plan, numbers, &schedule.timesteps))
            }
            StepCache::Off | StepCache::Balanced | StepCache::Fast => Cache::Off,
        };
        Self {
            plan,
            given,
            timesteps: schedule.timesteps.clone(),
            cache,
            computed: Vec::new(),
            expert: None,
        }
    }

    /// The velocity of `latents` in the next step, with guidance.
    pub(super) fn velocity(&mut self, latents: &Array, denoiser: &Denoiser) -> Result<Array> {
        let step = self.computed.len();
        let expert = self.expert_at(step);
        if self.expert != expert {
            self.cache.forget();
            self.expert = expert;
        }
        if self.plan.is_still_at(step) {
            self.computed.push([false; 2]);
            return Ok(latents.multiply(Array::from_f32(0.0))?);
        }
        let sight = Sight {
            input: self.given.put_beside(latents)?,
            timesteps: self.given.timesteps(self.timesteps[step]),
            guided: denoiser.is_guided() && self.plan.guides_at(step),
        };
        let guided = sight.guided;
        let (velocities, computed) = match &mut self.cache {
            Cache::Off => (denoiser.velocities(&sight)?, [true, guided]),
            Cache::Easy(cache) => {
                let (velocities, computed) = cache.velocities(step, latents, &sight, denoiser)?;
                (velocities, [computed, computed && guided])
            }
            Cache::Mag(cache) => {
                let again = |then: usize, latents: &Array| -> Result<Sight> {
                    Ok(Sight {
                        input: self.given.put_beside(latents)?,
                        timesteps: self.given.timesteps(self.timesteps[then]),
                        guided,
                    })
                };
                cache.velocities(step, latents, &sight, denoiser, &again)?
            }
        };
        self.computed.push(computed);
        denoiser.combined(velocities, self.plan.speedups.cfg_zero)
    }

    /// Whether the last step took over what an earlier one had computed.
    pub(super) fn reused(&self) -> bool {
        let is_cached = !matches!(self.cache, Cache::Off);
        is_cached && matches!(self.computed.last(), Some([false, _]))
    }

    /// What the next step depends on, by name. Without any speedup it is nothing.
    pub(super) fn memory(&self) -> Vec<(String, Array)> {
        if !self.plan.speedups.saves_passes() {
            return Vec::new();
        }
        let flags: Vec<f32> = self
            .computed
            .as_flattened()
            .iter()
            .map(|&is| f32::from(u8::from(is)))
            .collect();
        let table = Array::from_slice(&flags, &[self.computed.len() as i32, 2]);
        let mut memory = vec![(COMPUTED.to_owned(), table)];
        memory.extend(match &self.cache {
            Cache::Off => Vec::new(),
            Cache::Easy(cache) => cache.memory(),
            Cache::Mag(cache) => cache.memory(),
        });
        memory
    }

    /// Remembers again, before step `next`, what [`memory`](Self::memory) told.
    pub(super) fn restore(&mut self, next: usize, recall: &Recall) -> Result<()> {
        self.computed = match recall(COMPUTED)? {
            Some(table) => flags(&table, next),
            None => vec![[true; 2]; next],
        };
        self.expert = next.checked_sub(1).and_then(|last| self.expert_at(last));
        match &mut self.cache {
            Cache::Off => Ok(()),
            Cache::Easy(cache) => cache.restore(recall),
            Cache::Mag(cache) => cache.restore(&self.computed, recall),
        }
    }

    /// How many passes there were, and would have been, if any may have been saved.
    pub(super) fn told(&self) -> Option<job::Passes> {
        if !self.plan.speedups.saves_passes() {
            return None;
        }
        let plain = Guidance::both(1.0);
        let guided = |step: usize| {
            self.expert_at(step).is_some_and(|expert| {
                let scale = self.plan.sampling.guidance.of(expert);
                scale.total_cmp(&plain.of(expert)).is_ne()
            })
        };
        let of = (0..self.computed.len()).map(|step| 1 + u32::from(guided(step)));
        let computed = self.computed.as_flattened().iter().map(|&is| u32::from(is));
        let digits = |branch: usize| {
            let digit = |step: &[bool; 2]| if step[branch] { '1' } else { '0' };
            self.computed.iter().map(digit).collect()
        };
        Some(job::Passes {
            computed: computed.sum(),
            of: of.sum(),
            with: digits(0),
            without: digits(1),
        })
    }

    fn expert_at(&self, step: usize) -> Option<Expert> {
        let timestep = *self.timesteps.get(step)?;
        Some(self.plan.expert_at(timestep).0)
    }
}

impl Cache {
    /// Another network comes.
    fn forget(&mut self) {
        match self {
            Self::Off => {}
            Self::Easy(cache) => cache.forget(),
            Self::Mag(cache) => cache.forget(),
        }
    }
}

fn flags(table: &Array, steps: usize) -> Vec<[bool; 2]> {
    let values = table.to_vec_exact::<f32>().unwrap_or_default();
    let mut rows: Vec<_> = values
        .as_chunks::<2>()
        .0
        .iter()
        .map(|row| row.map(|value| value > 0.5))
        .collect();
    rows.resize(steps, [true; 2]);
    rows
}
