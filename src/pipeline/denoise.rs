//! From noise to latents.

use mlx_rs::{Array, Dtype, memory};

use super::conditioning::Conditioning;
use super::experts::Experts;
use super::latents_file::Denoised;
use super::passes::Passes;
use super::preview::Preview;
use super::run_folder::RunFolder;
use super::{Glimpse, Reporter, TextEmbeds, checks};
use crate::Result;
use crate::job::{self, Plan, Sampler, Stage};
use crate::sampler::{self, Solver, Table};
use crate::weights::Weights;

/// Denoises until the last step, or until it is enough.
pub(super) fn run(
    plan: &Plan,
    features: &TextEmbeds,
    given: &Conditioning,
    folder: &mut RunFolder,
    reporter: &mut Reporter,
) -> Result<Denoised> {
    let solver = solver(plan.sampler);
    let schedule = solver.schedule(table(plan.speedups.table), plan.steps as usize, plan.shift);
    let mut passes = Passes::new(plan, given, &schedule);
    let mut sampler = sampler::new(solver, schedule, plan.seed);
    let (done, latents) = match folder.recall(plan, sampler.as_mut(), &mut passes)? {
        Some(kept) => kept,
        None => (0, sampler.begin(start(plan)?)?),
    };
    let mut latents = given.put_into(latents)?;
    let preview = Preview::new(plan);
    let mut settings = plan.settings();
    let mut experts = Experts::new(plan, features);
    experts.at(sampler.schedule().timesteps[done], reporter)?;

    let steps = plan.steps as usize;
    reporter.step(Stage::Denoise, done, steps)?;
    for step in done..steps {
        let denoiser = experts.at(sampler.schedule().timesteps[step], reporter)?;
        let velocity = passes.velocity(&latents, denoiser)?;
        let clean = given.put_into(sampler.clean(step, &latents, &velocity)?)?;
        latents = given.put_into(sampler.step(step, &latents, &velocity)?)?;
        latents.eval()?;
        checks::latents(plan, step + 1, &latents)?;
        settings.passes = passes.told();
        folder.keep(&settings, step + 1, &latents, sampler.as_ref(), &passes)?;
        reporter.latents(&latents)?;
        reporter.show(|| Ok(Glimpse::Preview(step + 1, preview.of(&clean)?)))?;
        reporter.step(Stage::Denoise, step + 1, steps)?;
        if reporter.finishes_early() && step + 1 < steps {
            checks::latents(plan, step + 1, &clean)?;
            settings.stopped_after = Some((step + 1) as u32);
            folder.keep_last(&settings, &clean)?;
            latents = clean;
            break;
        }
    }
    drop(experts);
    memory::clear_cache()?;
    Ok(Denoised { latents, settings })
}

/// The starting noise: the file's, or drawn from the seed.
fn start(plan: &Plan) -> Result<Array> {
    let shape = plan.latent_shape().channels_first();
    match &plan.noise {
        None => Ok(sampler::noise(plan.seed, &shape)),
        Some(path) => {
            let weights = Weights::open(std::slice::from_ref(path))?.as_type(Dtype::Float32);
            let noise = weights.at("noise").load(|noise| noise.tensor("", &shape))?;
            checks::start(plan, &noise)?;
            Ok(noise)
        }
    }
}

fn solver(sampler: Sampler) -> Solver {
    match sampler {
        Sampler::UniPc => Solver::UniPc,
        Sampler::DpmPp => Solver::DpmPp,
        Sampler::Euler => Solver::Euler,
        Sampler::Dmd => Solver::Dmd,
        Sampler::Lcm => Solver::Lcm,
        Sampler::Rcm => Solver::Rcm,
    }
}

fn table(table: job::Table) -> Table {
    match table {
        job::Table::Official => Table::Official,
        job::Table::Even => Table::Even,
        job::Table::Warped => Table::Warped,
        job::Table::Steep => Table::Steep,
    }
}
