//! From noise to latents.

use mlx_rs::{Array, Dtype, memory};

use super::conditioning::Conditioning;
use super::experts::Experts;
use super::latents_file::Denoised;
use super::passes::Passes;
use super::preview::Preview;
use super::run_folder::RunFolder;
use super::step_save::StepSave;
use super::{Glimpse, Reporter, TextEmbeds, checks, kept};
use crate::backend::thread::pooled;
use crate::job::{Implausible, Plan, Problem, Repeat, Sampling, Stage};
use crate::sampler::{self, Schedule};
use crate::weights::Weights;
use crate::{Error, Result};

/// Denoises until the last step, or until it is enough.
///
/// Numbers that became too large for float16 are computed again, from the last finished step on, in bf16.
pub(super) fn run(
    plan: &Plan,
    features: &TextEmbeds,
    given: &Conditioning,
    folder: &mut RunFolder,
    reporter: &mut Reporter,
) -> Result<Denoised> {
    let mut experts = Experts::new(plan, features, given);
    let denoised = match steps(plan, given, &mut experts, folder, reporter) {
        Err(error) if is_not_finite(&error) && experts.can_widen() => {
            experts.widen();
            memory::clear_cache()?;
            reporter.again(Repeat::WiderProducts);
            steps(plan, given, &mut experts, folder, reporter)?
        }
        denoised => denoised?,
    };
    drop(experts);
    memory::clear_cache()?;
    Ok(denoised)
}

fn is_not_finite(error: &Error) -> bool {
    matches!(
        error,
        Error::Problem(Problem::Implausible(Implausible::LatentsNotFinite(_)))
    )
}

fn steps(
    plan: &Plan,
    given: &Conditioning,
    experts: &mut Experts,
    folder: &mut RunFolder,
    reporter: &mut Reporter,
) -> Result<Denoised> {
    let Sampling {
        sampler,
        steps,
        shift,
        seed,
        ..
    } = plan.sampling;
    let steps = steps as usize;
    let schedule = Schedule::of(sampler, plan.speedups.table, steps, shift);
    let mut passes = Passes::new(plan, given, &schedule);
    let mut sampler = sampler::new(sampler, schedule, seed);
    let (done, latents) = match folder.recall(plan, sampler.as_mut(), &mut passes)? {
        Some(kept) => kept,
        None => (0, sampler.begin(start(plan)?)?),
    };
    let mut latents = given.put_into(latents)?;
    let mut preview = Preview::new(plan);
    let mut info = plan.info();
    experts.at(done, sampler.schedule().timesteps[done], reporter)?;

    reporter.step(Stage::Denoise, done, steps)?;
    let mut save = StepSave::nothing(steps);
    for step in done..steps {
        let timestep = sampler.schedule().timesteps[step];
        if !experts.is_at(step, timestep) {
            // Reading another network takes a while, and what there is should be known before.
            save.beside(folder, reporter, || Ok(()))?;
        }
        kept::heed();
        let denoiser = experts.at(step, timestep, reporter)?;
        let velocity = save.beside(folder, reporter, || {
            pooled(|| passes.velocity(&latents, denoiser))
        })?;
        let clean = given.put_into(sampler.clean(step, &latents, &velocity)?)?;
        latents = given.put_into(sampler.step(step, &latents, &velocity)?)?;
        latents.eval()?;
        checks::latents(plan, step + 1, &latents)?;
        info.passes = passes.told();
        reporter.latents(&latents)?;
        reporter.show(|| {
            Ok(Glimpse::Preview(
                step + 1,
                preview.of(&given.own_frames(&clean)?)?,
                passes.reused(),
            ))
        })?;
        let stops = reporter.finishes_early() && step + 1 < steps;
        if stops {
            checks::latents(plan, step + 1, &clean)?;
            info.stopped_after = Some((step + 1) as u32);
            latents = clean;
        }
        if stops || step + 1 == steps {
            folder.keep_last(&info, &latents)?;
            reporter.step(Stage::Denoise, step + 1, steps)?;
            break;
        }
        save.next(
            step + 1,
            folder.state(step + 1, &latents, sampler.as_ref(), &passes)?,
        );
    }
    Ok(Denoised { latents, info })
}

/// The starting noise: the file's, or drawn from the seed.
fn start(plan: &Plan) -> Result<Array> {
    let shape = plan.latent_shape().channels_first();
    match &plan.sources.noise {
        None => Ok(sampler::noise(plan.sampling.seed, &shape)),
        Some(path) => {
            let weights = Weights::open(std::slice::from_ref(path))?.as_type(Dtype::Float32);
            let noise = weights.at("noise").load(|noise| noise.tensor("", &shape))?;
            checks::start(plan, &noise)?;
            Ok(noise)
        }
    }
}
