//! The DiT of a plan: one network, or two experts of which at most one is in memory.

use std::iter;

use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype, memory};

use super::conditioning::Conditioning;
use super::{Reporter, TextEmbeds};
use crate::Result;
use crate::backend::Backend;
use crate::job::{Expert, Network, Plan, Precision, QuantBits, Stage};
use crate::model::dit::{self, Dit, Grid, Prompts, Rope, Timesteps};
use crate::weights::lora::Lora;
use crate::weights::{QuantScheme, Weights};

/// The experts of a plan.
pub(super) struct Experts<'a> {
    plan: &'a Plan,
    features: &'a TextEmbeds,
    given: &'a Conditioning,
    loaded: Option<(Expert, Denoiser)>,
}

impl<'a> Experts<'a> {
    /// None is loaded yet.
    pub(super) fn new(plan: &'a Plan, features: &'a TextEmbeds, given: &'a Conditioning) -> Self {
        Self {
            plan,
            features,
            given,
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
                let denoiser = self.load(expert, network)?;
                reporter.step(Stage::Load, 1, 1)?;
                self.loaded.insert((expert, denoiser))
            }
        };
        Ok(denoiser)
    }

    fn load(&self, expert: Expert, network: &Network) -> Result<Denoiser> {
        Denoiser::load(self.plan, expert, network, self.features, self.given)
    }
}

/// A DiT with everything that stays the same from step to step.
pub(super) struct Denoiser {
    dit: Dit,
    rope: Rope,
    /// Those with and without guidance, at once or one after the other.
    passes: Vec<Prompts>,
    guidance: f64,
}

impl Denoiser {
    fn load(
        plan: &Plan,
        expert: Expert,
        network: &Network,
        features: &TextEmbeds,
        given: &Conditioning,
    ) -> Result<Self> {
        let weights = packed(changed(plan, expert, network)?, plan.compute.quantize);
        let config = dit::Config::of(network.config.as_deref(), &weights)?;
        let dtype = compute_dtype(plan.compute.precision, &weights)?;
        let dit = weights.load(|weights| Dit::load(weights, &config, dtype))?;
        let shape = plan.latent_shape();
        let grid = Grid {
            frames: shape.frames + given.leading_tokens(),
            height: shape.height / 2,
            width: shape.width / 2,
        };
        let guidance = plan.sampling.guidance.of(expert);
        let guided = guidance.total_cmp(&1.0).is_ne();
        let negative = features.negative.as_ref().filter(|_| guided);
        let texts: Vec<_> = iter::once(&features.prompt).chain(negative).collect();
        let at_once = if plan.batches_guidance() { 2 } else { 1 };
        let passes = texts.chunks(at_once);
        let passes = passes.map(|texts| dit.encode_context_with(texts, given.beside_prompts()));
        Ok(Self {
            rope: dit.rope(grid)?,
            passes: passes.collect::<Result<_>>()?,
            guidance,
            dit,
        })
    }

    /// The velocity with guidance: v₋ + g (v₊ − v₋).
    pub(super) fn velocity(&self, latents: &Array, timesteps: &Timesteps) -> Result<Array> {
        let mut velocities = Vec::new();
        for prompts in &self.passes {
            let made = self.dit.forward(latents, timesteps, prompts, &self.rope)?;
            eval(&made)?;
            velocities.extend(made);
        }
        let with = velocities.swap_remove(0);
        let Some(without) = velocities.pop() else {
            return Ok(with);
        };
        let pull = with
            .subtract(&without)?
            .multiply(Array::from_f32(self.guidance as f32))?;
        Ok(without.add(pull)?)
    }
}

/// The weights of an expert with the plan's LoRAs.
pub(super) fn changed(plan: &Plan, expert: Expert, network: &Network) -> Result<Weights> {
    let weights = Weights::open(&network.weights)?;
    let mut loras = plan
        .sources
        .loras
        .iter()
        .filter(|lora| lora.changes(expert));
    loras.try_fold(weights, |weights, lora| {
        weights.with_lora(&Lora::open(&lora.file)?, lora.strength as f32)
    })
}

/// The weights, their large matrices packed where that was asked for.
pub(super) fn packed(weights: Weights, bits: Option<QuantBits>) -> Weights {
    match bits {
        Some(bits) => weights.packed(packing(bits)),
        None => weights,
    }
}

/// The group is the one that MLX is fastest with.
pub(super) fn packing(bits: QuantBits) -> QuantScheme {
    QuantScheme {
        group: 64,
        bits: bits.count().into(),
    }
}

/// The type of the products.
pub(super) fn compute_dtype(precision: Precision, weights: &Weights) -> Result<Dtype> {
    Ok(match precision {
        Precision::Bf16 => Dtype::Bfloat16,
        Precision::F32 => Dtype::Float32,
        Precision::Auto => {
            let stored = weights.dtype("blocks.0.self_attn.q.weight")?;
            Backend::current()?.fastest_dtype(stored)
        }
    })
}
