//! From noise to latents.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype, memory};

use super::experts::Experts;
use super::{Features, Reporter, tensor_file};
use crate::Result;
use crate::job::{Plan, Sampler, Stage};
use crate::model::dit::Timesteps;
use crate::sampler::{self, Solver};
use crate::weights::Weights;

/// The video's latents, (channels, frames, height, width), float32.
pub(super) fn run(
    plan: &Plan,
    features: &Features,
    first_frame: Option<&Array>,
    reporter: &mut Reporter,
) -> Result<Array> {
    let mut sampler = sampler::new(solver(plan.sampler), plan.steps as usize, plan.shift);
    let mut experts = Experts::new(plan, features);
    experts.at(sampler.schedule().timesteps[0] as f64, reporter)?;

    let mut latents = start(plan)?;
    if let Some(first_frame) = first_frame {
        latents = with_first_frame(&latents, first_frame)?;
    }
    let steps = plan.steps as usize;
    reporter.step(Stage::Denoise, 0, steps)?;
    for step in 0..steps {
        let timesteps = Timesteps {
            noisy: sampler.schedule().timesteps[step] as f64,
            clean_first_frame: first_frame.is_some(),
        };
        let denoiser = experts.at(timesteps.noisy, reporter)?;
        let velocity = denoiser.velocity(&latents, &timesteps)?;
        latents = sampler.step(step, &latents, &velocity)?;
        if let Some(first_frame) = first_frame {
            latents = with_first_frame(&latents, first_frame)?;
        }
        latents.eval()?;
        reporter.latents(&latents)?;
        reporter.step(Stage::Denoise, step + 1, steps)?;
    }
    drop(experts);
    memory::clear_cache()?;
    if let Some(path) = &plan.save_latents {
        tensor_file::save(path, "latents", &latents)?;
    }
    Ok(latents)
}

/// The starting noise: the file's, or drawn from the seed.
fn start(plan: &Plan) -> Result<Array> {
    let shape = plan.latent_shape().channels_first();
    match &plan.noise {
        None => Ok(sampler::noise(plan.seed, &shape)),
        Some(path) => {
            let weights = Weights::open(std::slice::from_ref(path))?.as_type(Dtype::Float32);
            weights.at("noise").load(|noise| noise.tensor("", &shape))
        }
    }
}

/// Puts the clean latent of the first frame in its place.
fn with_first_frame(latents: &Array, first_frame: &Array) -> Result<Array> {
    let rest = latents.try_index((.., 1..))?;
    Ok(concatenate(&[first_frame, &rest], 1)?)
}

fn solver(sampler: Sampler) -> Solver {
    match sampler {
        Sampler::UniPc => Solver::UniPc,
        Sampler::DpmPp => Solver::DpmPp,
        Sampler::Euler => Solver::Euler,
    }
}
