//! The DiT of a plan: one network, or two experts of which at most one is in memory.

use mlx_rs::{Array, Device, DeviceType, Dtype, memory};

use super::{Features, Reporter};
use crate::Result;
use crate::job::{Expert, Network, Plan, Precision, Stage};
use crate::model::dit::{self, Dit, Grid, Prompt, Rope, Timesteps};
use crate::weights::Weights;

/// The experts of a plan.
pub(super) struct Experts<'a> {
    plan: &'a Plan,
    features: &'a Features,
    loaded: Option<(Expert, Denoiser)>,
}

impl<'a> Experts<'a> {
    /// None is loaded yet.
    pub(super) fn new(plan: &'a Plan, features: &'a Features) -> Self {
        Self {
            plan,
            features,
            loaded: None,
        }
    }

    /// The expert for a timestep. It is loaded if it is not the one that was asked for last, after
    /// that one is gone.
    pub(super) fn at(&mut self, timestep: f64, reporter: &mut Reporter) -> Result<&Denoiser> {
        let (expert, network) = self.plan.checkpoint.expert_at(timestep);
        let (_, denoiser) = match self.loaded.take() {
            Some(loaded) if loaded.0 == expert => self.loaded.insert(loaded),
            other => {
                drop(other);
                memory::clear_cache()?;
                reporter.step(Stage::Load, 0, 1)?;
                let guidance = self.plan.guidance.of(expert);
                let denoiser = Denoiser::load(self.plan, network, guidance, self.features)?;
                reporter.step(Stage::Load, 1, 1)?;
                self.loaded.insert((expert, denoiser))
            }
        };
        Ok(denoiser)
    }
}

/// A DiT with everything that stays the same from step to step.
pub(super) struct Denoiser {
    dit: Dit,
    rope: Rope,
    prompt: Prompt,
    negative: Option<Prompt>,
    guidance: f64,
    batched: bool,
}

impl Denoiser {
    fn load(plan: &Plan, network: &Network, guidance: f64, features: &Features) -> Result<Self> {
        let weights = Weights::open(&network.weights)?;
        let config = dit::Config::of(network.config.as_deref(), &weights)?;
        let products = products(plan.precision, &weights)?;
        let dit = weights.load(|weights| Dit::load(weights, &config, products))?;
        let shape = plan.latent_shape();
        let grid = Grid {
            frames: shape.frames,
            height: shape.height / 2,
            width: shape.width / 2,
        };
        let guided = guidance.total_cmp(&1.0).is_ne();
        let negative = features.negative.as_ref().filter(|_| guided);
        Ok(Self {
            rope: dit.rope(grid)?,
            prompt: dit.read(&features.prompt)?,
            negative: negative.map(|text| dit.read(text)).transpose()?,
            guidance,
            batched: plan.batches_guidance(),
            dit,
        })
    }

    /// The velocity with guidance: v₋ + g (v₊ − v₋).
    pub(super) fn velocity(&self, latents: &Array, timesteps: &Timesteps) -> Result<Array> {
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

/// The type of the products. On the CPU half-precision products have no fast kernels.
pub(super) fn products(precision: Precision, weights: &Weights) -> Result<Dtype> {
    let on_cpu = matches!(Device::try_default()?.get_type()?, DeviceType::Cpu);
    Ok(match precision {
        Precision::Bf16 => Dtype::Bfloat16,
        Precision::F32 => Dtype::Float32,
        Precision::Auto if on_cpu => Dtype::Float32,
        Precision::Auto => weights.dtype("blocks.0.self_attn.q.weight")?,
    })
}
