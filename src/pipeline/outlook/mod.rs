//! The *outlook* of a plan on a Mac that is not here: the type that it would compute in, how long each stage would take, what
//! it would need, and how long the longest dispatch would keep the GPU from drawing. All of it is worked out, nothing is
//! measured.

mod published;
mod stages;

pub use published::published_sizes;

use crate::backend::metal::{Cost, DecoderShape, Mac, Meter, Number};
use crate::job::memory::{Need, Saving, Sizes, fit, needs};
use crate::job::{Machine, Plan, Precision, Refusal, Size, Stage, VaePrecision, Variant};
use crate::model::vae;
use crate::pipeline::vae_kind;

/// What a Mac would do with a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// The Mac.
    pub mac: Mac,
    /// The type in which the DiT's products would be computed.
    pub number: Number,
    /// The plan as it would be carried out, or as it was where it does not fit.
    pub plan: Plan,
    /// What would be changed so that it fits.
    pub savings: Vec<Saving>,
    /// Every stage, in order.
    pub stages: Vec<StageOutlook>,
    /// Why it cannot be carried out there, and what could.
    pub refusal: Option<Refusal>,
}

/// What a stage would take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StageOutlook {
    /// Its memory.
    pub need: Need,
    /// Its time.
    pub cost: Cost,
}

impl Outlook {
    /// The most memory that is needed at once, in bytes.
    pub fn peak(&self) -> u64 {
        let needs = self.stages.iter().map(|stage| stage.need.bytes());
        needs.max().unwrap_or_default()
    }

    /// All stages together.
    pub fn cost(&self) -> Cost {
        let costs = self.stages.iter().map(|stage| stage.cost);
        costs.fold(Cost::default(), Cost::and)
    }
}

/// What `mac` would do with `plan`, whose networks have these sizes; `window` says whether its window is to be seen
/// meanwhile.
pub fn outlook(plan: &Plan, sizes: &Sizes, mac: Mac, window: bool) -> Outlook {
    let sizes = on_metal(plan, sizes);
    let machine = Machine {
        total: mac.memory,
        available: mac.available(),
        gpu: Some(mac.working_set()),
    };
    let (plan, savings, needs, refusal) = match fit(plan, &sizes, &machine) {
        Ok(fitted) => (fitted.plan, fitted.savings, fitted.needs, None),
        Err(refusal) => (plan.clone(), vec![], needs(plan, &sizes), Some(refusal)),
    };
    let number = match plan.compute.precision {
        Precision::Auto => mac.chip.half(),
        Precision::Bf16 => Number::Bf16,
        Precision::F16 => Number::F16,
        Precision::F32 => Number::F32,
    };
    let stage = |need: Need| {
        let mut meter = Meter::new(mac.chip, window);
        let read = match need.stage {
            Stage::Text => stages::text(&mut meter, &plan, &sizes.text),
            Stage::Image => stages::image(&mut meter, &plan, &sizes),
            Stage::Decode => stages::decode(&mut meter, &plan, need),
            Stage::Load | Stage::Denoise => {
                stages::denoise(&mut meter, &plan, &sizes, number, need)
            }
        };
        let mut cost = meter.cost;
        cost.seconds += read as f64 / stages::DISK;
        StageOutlook { need, cost }
    };
    let stages = needs.into_iter().map(stage).collect();
    Outlook {
        mac,
        number,
        plan,
        savings,
        stages,
        refusal,
    }
}

/// The sizes as they are where Metal computes: chains of operations are one kernel, products halves, frames single, and
/// Winograd has its scratch.
fn on_metal(plan: &Plan, sizes: &Sizes) -> Sizes {
    let mut sizes = sizes.clone();
    sizes.text.fused = true;
    for (_, dit) in &mut sizes.dits {
        dit.fused = true;
        dit.automatic = 2;
    }
    sizes.vae.fused = true;
    sizes.vae.frames = 1;
    sizes.vae.half = VaePrecision::F16;
    sizes.vae.scratch = vae_shape(plan.checkpoint.variant).scratch(sides(plan.canvas.size));
    sizes
}

/// What the VAE of a family computes.
pub(super) fn vae_shape(variant: Variant) -> DecoderShape {
    match vae_kind(variant) {
        vae::Kind::V21 => DecoderShape::V21,
        vae::Kind::V22 => DecoderShape::V22,
    }
}

/// Width and height.
pub(super) fn sides(size: Size) -> (u64, u64) {
    (size.width.into(), size.height.into())
}
