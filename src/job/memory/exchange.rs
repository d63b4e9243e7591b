//! What several machines send each other for a step, and what each of them holds.

use super::{Need, Sizes, needs};
use crate::job::{Plan, Split, Stage};

/// What a video takes of several machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// How many machines.
    pub machines: u64,
    /// What they divide.
    pub split: Split,
    /// What each of them holds while it denoises, of the expert that needs most.
    pub holds: Need,
    /// The bytes that each of them receives for a guided step of that expert.
    pub bytes: u64,
}

impl Shared {
    /// Of a plan that one machine could carry out as well.
    pub fn of(plan: &Plan, sizes: &Sizes, machines: u64, split: Split) -> Option<Self> {
        let machines = machines.max(2);
        let mut plan = plan.clone();
        if split == Split::Guidance {
            plan.thrift.guidance_in_turn = true; // each machine has one pass
        }
        let stages = needs(&plan, sizes).into_iter();
        let most = stages.filter(|need| need.stage == Stage::Denoise);
        let alone = most.max_by_key(Need::bytes)?;
        let (expert, dit) = match alone.expert {
            None => sizes.dits.first(),
            Some(expert) => sizes.dits.iter().find(|(each, _)| *each == expert),
        }?;
        let guided = plan.sampling.guidance.of(*expert).total_cmp(&1.0).is_ne();
        let passes = 1 + u64::from(guided);
        let latents = plan.latent_shape().channels_first();
        let latents: u64 = latents
            .iter()
            .map(|&side| u64::from(side.unsigned_abs()))
            .product();
        // The latents are told and a velocity comes back, in float32.
        let told = 4 * latents;
        let (work, bytes) = match split {
            Split::Guidance => (alone.work, told + 4 * latents),
            Split::Tokens => {
                let product = dit.product_bytes(plan.compute.precision);
                let tokens = plan.tokens() + plan.leading_tokens();
                let keys_and_values = 2 * product * dit.layers * tokens * dit.width;
                let all = passes * (keys_and_values + 4 * latents);
                (
                    alone.work.div_ceil(machines),
                    told + all / machines * (machines - 1),
                )
            }
        };
        Some(Self {
            machines,
            split,
            holds: Need { work, ..alone },
            bytes,
        })
    }

    /// How many times as fast so many machines of the same kind are where one takes so many seconds for `steps` steps and
    /// what comes with them, by a link of so many bytes a second.
    pub fn speedup(&self, seconds: f64, steps: u32, link: f64) -> f64 {
        let exchange = f64::from(steps) * self.bytes as f64 / link;
        seconds / (seconds / self.machines as f64 + exchange)
    }
}
