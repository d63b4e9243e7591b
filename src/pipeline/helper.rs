//! A machine that helps: it does what rank 0 tells it to, until there is nothing more to do.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use mlx_rs::memory;

use super::decode::dtype as vae_dtype;
use super::experts::{Denoiser, Sight};
use super::team::{self, Order, Strips, Team};
use super::{Conditioning, Outcome, TextEmbeds, measured, vae_kind};
use crate::job::{Checkpoint, Expert, Help, Plan, Problem};
use crate::model::vae::Decoder;
use crate::weights::{NetworkKind, Weights};
use crate::{Error, Result};

/// Helps with one video. `fit` makes a plan fit into this machine's memory, or says that it cannot; LoRAs are put into
/// `folder`, which is this job's own.
///
/// # Errors
/// Rank 0 is gone, or this machine cannot do what it was told.
pub fn help(help: &Help, folder: &Path, fit: &dyn Fn(&Plan) -> Result<Plan>) -> Result<Outcome> {
    measured(|| {
        let team = team::join()?.ok_or_else(|| defect("there is nobody to help"))?;
        let mut work = Work {
            team,
            model: None,
            plan: None,
            taken: None,
            denoiser: None,
        };
        while work.hear(help, folder, fit)? {}
        Ok(None)
    })
}

/// What this machine has of the job at hand.
struct Work {
    team: Rc<Team>,
    model: Option<Checkpoint>,
    plan: Option<Plan>,
    taken: Option<(TextEmbeds, Conditioning)>,
    denoiser: Option<Denoiser>,
}

impl Work {
    /// Does the next thing, and tells whether there may be another.
    fn hear(
        &mut self,
        help: &Help,
        folder: &Path,
        fit: &dyn Fn(&Plan) -> Result<Plan>,
    ) -> Result<bool> {
        let team = Rc::clone(&self.team);
        match team.hear()? {
            Order::Meet(meeting) => {
                let own = own_copy(help, &meeting.model);
                let (answer, able) = team::answer(&meeting, own, fit);
                if let Some(able) = able {
                    self.plan = able.plan;
                    self.model = Some(able.model);
                }
                team::say(&team, &meeting, &answer)?;
            }
            Order::Take {
                thrift,
                split,
                loras,
            } => {
                let plan = self.plan.as_mut().ok_or_else(unknown)?;
                plan.thrift = thrift;
                team.set_split(split);
                self.taken = Some(team::take(&team, plan, &loras, folder)?);
            }
            Order::Load {
                expert,
                late,
                products,
            } => {
                self.denoiser = None;
                memory::clear_cache()?;
                self.load(expert, &late, products.dtype())?;
            }
            Order::Pass(pass) => {
                let sight = Sight {
                    input: team.hear_input()?.ok_or_else(unknown)?,
                    timesteps: pass.timesteps(),
                    guided: pass.guided,
                };
                let denoiser = self.denoiser.as_ref().ok_or_else(unknown)?;
                match pass.residual {
                    Some(pass) => denoiser.with_residual(pass, &sight).map(drop)?,
                    None => denoiser.velocities(&sight).map(drop)?,
                }
            }
            Order::Decode(strips) => {
                self.denoiser = None;
                memory::clear_cache()?;
                self.decode(strips)?;
            }
            Order::End => return Ok(false),
        }
        Ok(true)
    }

    /// Decodes a strip of what rank 0 writes.
    fn decode(&self, strips: Strips) -> Result<()> {
        let team = &self.team;
        let model = self.model.as_ref().ok_or_else(unknown)?;
        let own = || {
            let weights = Weights::open_kind(&model.vae, NetworkKind::Vae)?;
            let kind = vae_kind(model.variant);
            let dtype = vae_dtype(strips.precision);
            weights.load(|weights| Decoder::load(kind, &weights.as_type(dtype)))
        };
        let decoder = team.agree(own())?;
        let latents = team.hear_input()?.ok_or_else(unknown)?;
        let strip = team.strip(latents.dim(2)).ok_or_else(unknown)?;
        let decoded = decoder.decode_strip(&latents, strips.tiling(), &strip, |_| {
            if team.goes_on(true)? {
                Ok(())
            } else {
                Err(Error::Cancelled)
            }
        });
        match decoded {
            Err(Error::Cancelled) => Ok(()), // rank 0 knows why
            decoded => decoded,
        }
    }

    fn load(&mut self, expert: Expert, late: &[usize], dtype: mlx_rs::Dtype) -> Result<()> {
        let plan = self.plan.as_ref().ok_or_else(unknown)?;
        let (features, given) = self.taken.as_ref().ok_or_else(unknown)?;
        let loras = plan.sources.loras.iter().enumerate();
        let late = loras.filter(|(number, _)| late.contains(number));
        let late: Vec<PathBuf> = late.map(|(_, lora)| lora.file.clone()).collect();
        let mut experts = plan.checkpoint.experts();
        let network = experts.find(|(each, _)| *each == expert);
        let (_, network) = network.ok_or_else(unknown)?;
        let wanted = ((expert, &late[..]), network);
        let loaded = Denoiser::load(plan, wanted, Some(dtype), features, given);
        self.denoiser = Some(loaded?);
        Ok(())
    }
}

fn own_copy(help: &Help, theirs: &Checkpoint) -> Result<Checkpoint> {
    match &help.model {
        Some(own) => Ok(own.clone()),
        None => (help.find)(theirs).map_err(Error::Other),
    }
}

fn unknown() -> Error {
    defect("an order came before what it needs")
}

fn defect(what: &str) -> Error {
    Problem::Defect(what.to_owned()).into()
}
