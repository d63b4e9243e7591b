//! From noise to latents.

use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Device, DeviceType, Dtype, memory};

use super::run_folder::RunFolder;
use super::{Features, Reporter, checks};
use crate::Result;
use crate::job::{Plan, Precision, Sampler, Stage};
use crate::model::dit::{self, Dit, Grid, Prompt, Rope, Timesteps};
use crate::sampler::{self, Solver};
use crate::weights::Weights;

/// The video's latents, (channels, frames, height, width), float32.
pub(super) fn run(
    plan: &Plan,
    features: &Features,
    first_frame: Option<&Array>,
    folder: &mut RunFolder,
    reporter: &mut Reporter,
) -> Result<Array> {
    reporter.step(Stage::Load, 0, 1)?;
    let denoiser = Denoiser::load(plan, features)?;
    reporter.step(Stage::Load, 1, 1)?;

    let mut sampler = sampler::new(solver(plan.sampler), plan.steps as usize, plan.shift);
    let (done, mut latents) = match folder.recall(plan, sampler.as_mut())? {
        Some(kept) => kept,
        None => (0, start(plan)?),
    };
    if let Some(first_frame) = first_frame {
        latents = with_first_frame(&latents, first_frame)?;
    }
    let steps = plan.steps as usize;
    reporter.step(Stage::Denoise, done, steps)?;
    for step in done..steps {
        let timesteps = Timesteps {
            noisy: sampler.schedule().timesteps[step] as f64,
            clean_first_frame: first_frame.is_some(),
        };
        let velocity = denoiser.velocity(&latents, &timesteps)?;
        latents = sampler.step(step, &latents, &velocity)?;
        if let Some(first_frame) = first_frame {
            latents = with_first_frame(&latents, first_frame)?;
        }
        latents.eval()?;
        checks::latents(plan, step + 1, &latents)?;
        folder.keep(plan, step + 1, &latents, sampler.as_ref())?;
        reporter.latents(&latents)?;
        reporter.step(Stage::Denoise, step + 1, steps)?;
    }
    drop(denoiser);
    memory::clear_cache()?;
    Ok(latents)
}

/// The DiT with everything that stays the same from step to step.
struct Denoiser {
    dit: Dit,
    rope: Rope,
    prompt: Prompt,
    negative: Option<Prompt>,
    guidance: f64,
    batched: bool,
}

impl Denoiser {
    fn load(plan: &Plan, features: &Features) -> Result<Self> {
        let config = dit::Config::read(&plan.checkpoint.dit_config)?;
        let weights = Weights::open(&plan.checkpoint.dit)?;
        let products = products(plan.precision, &weights)?;
        let dit = weights.load(|weights| Dit::load(weights, &config, products))?;
        let shape = plan.latent_shape();
        let grid = Grid {
            frames: shape.frames,
            height: shape.height / 2,
            width: shape.width / 2,
        };
        Ok(Self {
            rope: dit.rope(grid)?,
            prompt: dit.read(&features.prompt)?,
            negative: features
                .negative
                .as_ref()
                .map(|text| dit.read(text))
                .transpose()?,
            guidance: plan.guidance.low,
            batched: plan.batches_guidance(),
            dit,
        })
    }

    /// The velocity with guidance: v₋ + g (v₊ − v₋).
    fn velocity(&self, latents: &Array, timesteps: &Timesteps) -> Result<Array> {
        let forward =
            |prompts: &[&Prompt]| self.dit.forward(latents, timesteps, prompts, &self.rope);
        let Some(negative) = &self.negative else {
            return Ok(forward(&[&self.prompt])?.remove(0));
        };
        let (with, without) = if self.batched {
            let mut velocities = forward(&[&self.prompt, negative])?;
            (velocities.remove(0), velocities.remove(0))
        } else {
            let with = forward(&[&self.prompt])?.remove(0);
            with.eval()?;
            (with, forward(&[negative])?.remove(0))
        };
        let pull = with
            .subtract(&without)?
            .multiply(Array::from_f32(self.guidance as f32))?;
        Ok(without.add(pull)?)
    }
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

/// Puts the clean latent of the first frame in its place.
fn with_first_frame(latents: &Array, first_frame: &Array) -> Result<Array> {
    let rest = latents.try_index((.., 1..))?;
    Ok(concatenate(&[first_frame, &rest], 1)?)
}

/// The type of the products. On the CPU half-precision products have no fast kernels.
fn products(precision: Precision, weights: &Weights) -> Result<Dtype> {
    let on_cpu = matches!(Device::try_default()?.get_type()?, DeviceType::Cpu);
    Ok(match precision {
        Precision::Bf16 => Dtype::Bfloat16,
        Precision::F32 => Dtype::Float32,
        Precision::Auto if on_cpu => Dtype::Float32,
        Precision::Auto => weights.dtype("blocks.0.self_attn.q.weight")?,
    })
}

fn solver(sampler: Sampler) -> Solver {
    match sampler {
        Sampler::UniPc => Solver::UniPc,
        Sampler::DpmPp => Solver::DpmPp,
        Sampler::Euler => Solver::Euler,
    }
}
