//! The DiT of a plan: one network, or two experts of which at most one is in memory.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::{iter, slice};

use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype, memory};

use super::conditioning::Conditioning;
use super::kept::{self, Key};
use super::team::{self, Pass, Products, Team};
use super::{Reporter, TextEmbeds};
use crate::backend::{Backend, generation};
use crate::job::{Expert, Lora as LoraUse, Network, Plan, Precision, Problem, QuantBits, Stage};
use crate::model::dit::{self, Dit, Grid, Nag, Prompts, Rope, Timesteps};
use crate::model::nn::watch;
use crate::weights::lora::Lora;
use crate::weights::{QuantScheme, Weights};
use crate::{Error, Result};

/// The experts of a plan.
pub(super) struct Experts<'a> {
    plan: &'a Plan,
    features: &'a TextEmbeds,
    given: &'a Conditioning,
    loaded: Option<(Loaded<'a>, Denoiser)>,
    /// The type of the products, where it is not the plan's.
    instead: Option<Dtype>,
    /// That of the expert that was loaded last.
    dtype: Option<Dtype>,
}

/// Which network is in memory: an expert, without these LoRAs.
type Loaded<'a> = (Expert, &'a [PathBuf]);

impl<'a> Experts<'a> {
    /// None is loaded yet.
    pub(super) fn new(plan: &'a Plan, features: &'a TextEmbeds, given: &'a Conditioning) -> Self {
        Self {
            plan,
            features,
            given,
            loaded: None,
            instead: None,
            dtype: None,
        }
    }

    /// Whether what is too large for float16 may be computed in something wider.
    pub(super) fn can_widen(&self) -> bool {
        self.instead.is_none() && self.dtype == Some(Dtype::Float16)
    }

    /// From here on products are computed in a type that holds everything that float32 does.
    pub(super) fn widen(&mut self) {
        self.instead = Some(Dtype::Bfloat16);
        self.loaded = None;
    }

    /// Whether the expert for a step is in memory.
    pub(super) fn is_at(&self, step: usize, timestep: f64) -> bool {
        let (expert, _) = self.plan.expert_at(timestep);
        let wanted = (expert, self.plan.late_loras(step));
        self.loaded
            .as_ref()
            .is_some_and(|(loaded, _)| *loaded == wanted)
    }

    /// The expert for a step and its timestep. It is loaded if it is not the one that was asked for last, after that one
    /// is gone.
    pub(super) fn at(
        &mut self,
        step: usize,
        timestep: f64,
        reporter: &mut Reporter,
    ) -> Result<&Denoiser> {
        let (expert, network) = self.plan.expert_at(timestep);
        let wanted = (expert, self.plan.late_loras(step));
        let (_, denoiser) = match self.loaded.take() {
            Some(loaded) if loaded.0 == wanted => self.loaded.insert(loaded),
            other => {
                drop(other);
                memory::clear_cache()?;
                reporter.step(Stage::Load, 0, 1)?;
                let denoiser = self.load(wanted, network)?;
                reporter.step(Stage::Load, 1, 1)?;
                self.loaded.insert((wanted, denoiser))
            }
        };
        Ok(denoiser)
    }

    fn load(&mut self, wanted: Loaded, network: &Network) -> Result<Denoiser> {
        let denoiser = Denoiser::load(
            self.plan,
            (wanted, network),
            self.instead,
            self.features,
            self.given,
        )?;
        self.dtype = Some(denoiser.network.dtype);
        Ok(denoiser)
    }
}

/// What the network is shown in a step.
pub(super) struct Sight {
    /// The latents, with what a picture adds to them.
    pub(super) input: Array,
    pub(super) timesteps: Timesteps,
    /// Whether the pass without the prompt is needed too.
    pub(super) guided: bool,
}

/// A DiT that is known, but not in memory.
struct OpenedDit {
    weights: Weights,
    config: dit::Config,
    dtype: Dtype,
}

/// A DiT as it may stay for the next job.
struct LoadedDit {
    dit: Dit,
    dtype: Dtype,
    /// The rotations of the size that was asked for last.
    rope: RefCell<Option<(Grid, Rc<Rope>)>>,
}

impl OpenedDit {
    fn open(
        plan: &Plan,
        ((expert, late), network): (Loaded, &Network),
        instead: Option<Dtype>,
    ) -> Result<Self> {
        let weights = without(plan, expert, network, late)?;
        let weights = packed(weights, plan.compute.quantize);
        let config = dit::Config::of(network.config.as_deref(), &weights)?;
        let dtype = match instead {
            Some(dtype) => dtype,
            None => compute_dtype(plan.compute.precision, &weights)?,
        };
        Ok(Self {
            weights,
            config,
            dtype,
        })
    }

    fn load(self) -> Result<LoadedDit> {
        let Self {
            weights,
            config,
            dtype,
        } = self;
        Ok(LoadedDit {
            dit: weights.load(|weights| Dit::load(weights, &config, dtype))?,
            dtype,
            rope: RefCell::default(),
        })
    }
}

impl LoadedDit {
    fn rope(&self, grid: Grid) -> Result<Rc<Rope>> {
        if let Some((of, rope)) = &*self.rope.borrow()
            && *of == grid
        {
            return Ok(Rc::clone(rope));
        }
        let rope = Rc::new(self.dit.rope(grid)?);
        self.rope.replace(Some((grid, Rc::clone(&rope))));
        Ok(rope)
    }
}

/// A DiT with everything that stays the same from step to step.
pub(super) struct Denoiser {
    network: Rc<LoadedDit>,
    rope: Rc<Rope>,
    /// Those with and without guidance, at once or one after the other.
    passes: Vec<Prompts>,
    /// The one with guidance by itself, where some steps need no other.
    alone: Option<Prompts>,
    is_guided: bool,
    guidance: f64,
    /// The machines that compute with this one.
    team: Option<Rc<Team>>,
}

impl Denoiser {
    /// Reads an expert without some LoRAs; other machines that compute with this one do so at the same time.
    pub(super) fn load(
        plan: &Plan,
        wanted: (Loaded, &Network),
        instead: Option<Dtype>,
        features: &TextEmbeds,
        given: &Conditioning,
    ) -> Result<Self> {
        let ((expert, late), network) = wanted;
        let Some(team) = team::current() else {
            let loras: Vec<_> = loras(plan, expert, late).collect();
            let key = Key::dit(plan, network, &loras, instead);
            let load = || OpenedDit::open(plan, wanted, instead)?.load();
            let network = kept::or_load(Stage::Load, key, load)?;
            return Self::of(network, plan, expert, features, given);
        };
        // All machines read at the same time, so none takes what another may not have kept.
        let opened = OpenedDit::open(plan, wanted, instead)?;
        team.load(plan, expert, late, Products::of(opened.dtype))?;
        let own = opened
            .load()
            .and_then(|network| Self::of(Rc::new(network), plan, expert, features, given));
        team.agree(own)
    }

    /// With everything that the network makes of a plan once.
    fn of(
        network: Rc<LoadedDit>,
        plan: &Plan,
        expert: Expert,
        features: &TextEmbeds,
        given: &Conditioning,
    ) -> Result<Self> {
        let team = team::current();
        let dit = &network.dit;
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
        let is_guided = texts.len() > 1;
        let half = team
            .as_ref()
            .filter(|team| is_guided && team.splits_guidance());
        let texts = match half {
            Some(team) => texts.into_iter().skip(team.rank()).take(1).collect(),
            None => texts,
        };
        let at_once = if plan.batches_guidance() { 2 } else { 1 };
        let passes = texts.chunks(at_once);
        let passes = passes.map(|texts| dit.encode_context_with(texts, given.beside_prompts()));
        let mut passes: Vec<_> = passes.collect::<Result<_>>()?;
        if let (false, Some(nag), Some(negative)) = (guided, plan.speedups.nag, &features.negative)
        {
            let nag = Nag {
                scale: nag.scale as f32,
                alpha: nag.alpha as f32,
                tau: nag.tau as f32,
            };
            let other = dit.encode_context_with(&[negative], given.beside_prompts())?;
            passes = passes
                .pop()
                .map(|prompt| prompt.avoiding(other, nag))
                .into_iter()
                .collect();
        }
        let ends = texts.len() > 1 && at_once > 1 && plan.speedups.guidance_until < 1.0;
        let alone = passes.first().filter(|_| ends);
        let share = team.as_ref().map(|team| team.share(grid.tokens()));
        let rope = match share.transpose()?.flatten() {
            Some(share) => Rc::new(dit.rope(grid)?.shared(share)?),
            None => network.rope(grid)?,
        };
        Ok(Self {
            rope,
            alone: alone.map(|both| both.only(0)).transpose()?,
            passes,
            is_guided,
            guidance,
            network,
            team,
        })
    }

    /// Whether there is a pass without the prompt.
    pub(super) fn is_guided(&self) -> bool {
        self.is_guided
    }

    /// The velocity with the prompt and, where it is needed, the one without it.
    pub(super) fn velocities(&self, sight: &Sight) -> Result<Vec<Array>> {
        let Some(team) = &self.team else {
            return self.own_velocities(sight);
        };
        let halves = team.splits_guidance();
        if halves && !sight.guided {
            return self.own_velocities(sight); // the others have nothing to do
        }
        team.pass(
            &Pass::new(&sight.timesteps, sight.guided, None),
            &sight.input,
        )?;
        let own = self.own_velocities(sight)?;
        let velocities = match own.first() {
            Some(own) if halves => team.gather(own)?,
            _ => own,
        };
        eval(&velocities)?;
        team.rest();
        Ok(velocities)
    }

    fn own_velocities(&self, sight: &Sight) -> Result<Vec<Array>> {
        let passes = match (&self.alone, sight.guided) {
            (_, true) => &self.passes[..],
            (Some(alone), false) => slice::from_ref(alone),
            (None, false) => self.passes.get(..1).unwrap_or_default(),
        };
        let Sight {
            input, timesteps, ..
        } = sight;
        let mut velocities = Vec::new();
        for (index, prompts) in passes.iter().enumerate() {
            watch::pass(index, passes.len());
            let dit = &self.network.dit;
            let made = dit.forward(input, timesteps, prompts, &self.rope)?;
            eval(&made)?;
            velocities.extend(made);
        }
        Ok(velocities)
    }

    /// The velocity of one pass, where each is one by itself, and what its blocks added to the tokens.
    pub(super) fn with_residual(&self, pass: usize, sight: &Sight) -> Result<(Array, Array)> {
        let Sight {
            input, timesteps, ..
        } = sight;
        let prompts = self.passes.get(pass).ok_or_else(lost)?;
        let dit = &self.network.dit;
        watch::pass(pass, if sight.guided { self.passes.len() } else { 1 });
        if let Some(team) = &self.team {
            team.pass(&Pass::new(timesteps, sight.guided, Some(pass)), input)?;
        }
        let (made, residual) = dit.forward_with_residual(input, timesteps, prompts, &self.rope)?;
        eval(made.iter().chain([&residual]))?;
        if let Some(team) = &self.team {
            team.rest();
        }
        Ok((made.into_iter().next().ok_or_else(lost)?, residual))
    }

    /// The velocity of one pass whose blocks would add this to the tokens.
    pub(super) fn reusing(&self, pass: usize, sight: &Sight, residual: &Array) -> Result<Array> {
        let Sight {
            input, timesteps, ..
        } = sight;
        let prompts = self.passes.get(pass).ok_or_else(lost)?;
        let dit = &self.network.dit;
        let made = dit.forward_reusing(input, timesteps, prompts, residual)?;
        eval(&made)?;
        made.into_iter().next().ok_or_else(lost)
    }

    /// The velocity with guidance: v₋ + g (v₊ − v₋). With `zero_star` v₋ is first scaled to the projection of v₊ on it.
    ///
    /// Fan et al., "CFG-Zero*" (arXiv 2503.18886), algorithm 1.
    pub(super) fn combined(&self, mut velocities: Vec<Array>, zero_star: bool) -> Result<Array> {
        let without = velocities.get(1).cloned();
        let with = velocities.drain(..).next().ok_or_else(lost)?;
        let Some(mut without) = without else {
            return Ok(with);
        };
        if zero_star {
            without = without.multiply(projection(&with, &without)?)?;
        }
        let pull = with
            .subtract(&without)?
            .multiply(Array::from_f32(self.guidance as f32))?;
        Ok(without.add(pull)?)
    }
}

/// How many times `without` the part of `with` is that lies along it.
fn projection(with: &Array, without: &Array) -> Result<Array> {
    const FLOOR: f32 = 1e-8;
    let along = with.multiply(without)?.sum(None)?;
    let length = without.square()?.sum(None)?.add(Array::from_f32(FLOOR))?;
    Ok(along.divide(length)?)
}

fn lost() -> Error {
    Problem::Defect("a pass of the network is missing".into()).into()
}

/// The weights of an expert with the plan's LoRAs.
pub(super) fn changed(plan: &Plan, expert: Expert, network: &Network) -> Result<Weights> {
    without(plan, expert, network, &[])
}

/// The same without those LoRAs that come later.
fn without(plan: &Plan, expert: Expert, network: &Network, late: &[PathBuf]) -> Result<Weights> {
    let weights = Weights::open(&network.weights)?;
    loras(plan, expert, late).try_fold(weights, |weights, lora| {
        weights.with_lora(&Lora::open(&lora.file)?, lora.strength as f32)
    })
}

/// The LoRAs of an expert without those.
fn loras<'a>(
    plan: &'a Plan,
    expert: Expert,
    late: &'a [PathBuf],
) -> impl Iterator<Item = &'a LoraUse> {
    let loras = plan.sources.loras.iter();
    loras.filter(move |lora| lora.changes(expert) && !late.contains(&lora.file))
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
        Precision::F16 => Dtype::Float16,
        Precision::F32 => Dtype::Float32,
        Precision::Auto => {
            let stored = weights.dtype("blocks.0.self_attn.q.weight")?;
            Backend::current()?.fastest_dtype(stored, generation())
        }
    })
}
