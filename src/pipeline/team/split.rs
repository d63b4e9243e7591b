//! How a video is divided among machines.

use std::time::Instant;

use mlx_rs::Array;
use mlx_rs::ops::zeros;

use super::Team;
use crate::group::Group;
use crate::job::{Expert, Plan, Split, StepCache};
use crate::{Error, Result};

/// Below so many bytes a second keys and values of every block take too long: Thunderbolt 5 has more, Ethernet less.
const SLOW: f64 = 2e9;

/// How the work on `plan` is split: as was asked for, or as the link is fast.
pub(super) fn choose(team: &Team, plan: &Plan) -> Result<Split> {
    let can_split_guidance = team.group.size() == 2 && has_two_passes(plan);
    match team.machines.split {
        Some(Split::Guidance) if !can_split_guidance => Err(Error::Other(
            "Guidance can be split between two machines that compute both prompts in every step: use --split tokens"
                .into(),
        )),
        Some(split) => Ok(split),
        None if can_split_guidance && speed(team)? < SLOW => Ok(Split::Guidance),
        None => {
            if !can_split_guidance {
                speed(team)?; // all take part
            }
            Ok(Split::Tokens)
        }
    }
}

/// Whether every step computes a pass with the prompt and one without it, and none is saved by itself.
fn has_two_passes(plan: &Plan) -> bool {
    let is_guided = |expert: Expert| plan.sampling.guidance.of(expert).total_cmp(&1.0).is_ne();
    let mut experts = plan.checkpoint.experts();
    experts.all(|(expert, _)| is_guided(expert))
        && !matches!(plan.speedups.cache, StepCache::MagCache(_))
}

/// The bytes a second that every machine sends and receives, measured.
pub(super) fn speed(team: &Team) -> Result<f64> {
    const NUMBERS: i32 = 1 << 20;
    let exchange = |numbers: i32| -> Result<f64> {
        let sent: Array = zeros::<f32>(&[numbers])?;
        sent.eval()?;
        let start = Instant::now();
        team.group.gather(&sent)?.eval()?;
        Ok(start.elapsed().as_secs_f64())
    };
    exchange(1)?; // whoever is late is waited for
    let took = exchange(NUMBERS)?.max(1e-9);
    let others = team.group.size() as f64 - 1.0;
    Ok(others * 4.0 * f64::from(NUMBERS) / took)
}
