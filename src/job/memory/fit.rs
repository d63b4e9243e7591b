//! From a plan to one that fits into the machine's memory.

use super::needs::needs;
use super::vae::{Frames, decode};
use super::{Machine, Need, Saving, Sizes, VaeSizes};
use crate::job::{Advice, Decoding, Guidance, Plan, Precision, QuantBits, Refusal, Stage};

/// A plan that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The plan.
    pub plan: Plan,
    /// What each stage needs.
    pub needs: Vec<Need>,
    /// What was changed so that it fits.
    pub savings: Vec<Saving>,
}

impl Fitted {
    /// The most that is needed at once, in bytes.
    pub fn peak(&self) -> u64 {
        peak(&self.needs)
    }
}

/// Makes `plan` do with what is free at the moment or, where that cannot be, with what the machine
/// can free.
///
/// # Errors
/// It needs more than its limit, or than there is; with what would need less.
pub fn fit(plan: &Plan, sizes: &Sizes, machine: &Machine) -> Result<Fitted, Refusal> {
    let budget = Budget::of(machine, plan.limits.memory);
    let fitted = within(plan, sizes, budget.comfortable, Stage::Text);
    let needed = fitted.peak();
    budget.holds(needed, || advice(plan, sizes, budget.most))?;
    Ok(fitted)
}

/// The same for what is left of a plan that was begun, from a stage on.
///
/// # Errors
/// As [`fit`].
pub fn fit_rest(
    plan: &Plan,
    sizes: &Sizes,
    machine: &Machine,
    from: Stage,
) -> Result<Fitted, Refusal> {
    let budget = Budget::of(machine, plan.limits.memory);
    let fitted = within(plan, sizes, budget.comfortable, from);
    let needed = fitted.peak();
    budget.holds(needed, || Advice::Elsewhere)?;
    Ok(fitted)
}

/// Makes a decoding do with the same, and tells what was changed.
///
/// # Errors
/// As [`fit`].
pub fn fit_decoding(
    decoding: &Decoding,
    vae: &VaeSizes,
    machine: &Machine,
) -> Result<(Decoding, Vec<Saving>), Refusal> {
    let budget = Budget::of(machine, decoding.limits.memory);
    let mut frames = Frames::from(decoding);
    let mut savings = Vec::new();
    while decode(frames, vae).bytes() > budget.comfortable
        && let Some((thriftier, saving)) = frames.thriftier(vae)
    {
        frames = thriftier;
        savings.push(saving);
    }
    let needed = decode(frames, vae).bytes();
    budget.holds(needed, || Advice::Elsewhere)?;
    let mut fitted = decoding.clone();
    fitted.tiles = frames.tiles;
    if frames.precision != decoding.precision {
        fitted.compute_in(frames.precision);
    }
    Ok((fitted, savings))
}

/// What a decoding needs.
pub fn decoding_need(decoding: &Decoding, vae: &VaeSizes) -> Need {
    decode(decoding.into(), vae)
}

/// What a job may take, in bytes.
#[derive(Clone, Copy)]
struct Budget {
    /// What it should get along with.
    comfortable: u64,
    /// At most.
    most: u64,
    is_limited: bool,
}

impl Budget {
    fn of(machine: &Machine, limit: Option<u64>) -> Self {
        let most = machine.most(limit);
        Self {
            comfortable: most.min(machine.available),
            most,
            is_limited: limit.is_some(),
        }
    }

    /// Refuses what needs more than the most, with advice.
    fn holds(&self, needed: u64, advice: impl FnOnce() -> Advice) -> Result<(), Refusal> {
        if needed <= self.most {
            return Ok(());
        }
        Err(Refusal::Memory {
            needed,
            most: self.most,
            is_limited: self.is_limited,
            advice: advice(),
        })
    }
}

/// Saves where too much is needed, as long as there is something to save.
fn within(plan: &Plan, sizes: &Sizes, budget: u64, from: Stage) -> Fitted {
    let ahead = |plan: &Plan| -> Vec<Need> {
        let needs = needs(plan, sizes).into_iter();
        needs.filter(|need| need.stage >= from).collect()
    };
    let mut plan = plan.clone();
    let mut savings = Vec::new();
    for stage in [Stage::Denoise, Stage::Decode] {
        while peak_of(&ahead(&plan), stage) > budget
            && let Some((thriftier, saving)) = saving(&plan, sizes, stage)
        {
            plan = thriftier;
            savings.push(saving);
        }
    }
    Fitted {
        needs: ahead(&plan),
        plan,
        savings,
    }
}

/// The next thing that saves memory in a stage, that which costs least first.
fn saving(plan: &Plan, sizes: &Sizes, stage: Stage) -> Option<(Plan, Saving)> {
    let mut plan = plan.clone();
    let is_guided = plan.sampling.guidance != Guidance::both(1.0);
    let saving = match stage {
        Stage::Denoise if is_guided && plan.batches_guidance() => {
            plan.thrift.guidance_in_turn = true;
            Saving::GuidanceInTurn
        }
        Stage::Denoise if plan.compute.precision == Precision::Auto && are_float32(sizes) => {
            plan.compute.precision = Precision::Bf16;
            Saving::HalfProducts
        }
        Stage::Decode if sizes.tiny.is_none() || plan.speedups.draft().is_none() => {
            let (frames, saving) = Frames::from(&plan).thriftier(&sizes.vae)?;
            plan.thrift.tiles = frames.tiles;
            plan.compute.vae_precision = frames.precision;
            saving
        }
        _ => return None,
    };
    Some((plan, saving))
}

fn are_float32(sizes: &Sizes) -> bool {
    sizes.dits.iter().all(|(_, dit)| dit.automatic == 4)
}

/// What would need less.
fn advice(plan: &Plan, sizes: &Sizes, most: u64) -> Advice {
    if sizes.picture > most {
        return Advice::SmallerPicture(sizes.picture);
    }
    let peak = |change: &dyn Fn(&mut Plan)| {
        let mut other = plan.clone();
        change(&mut other);
        within(&other, sizes, most, Stage::Text).peak()
    };
    for bits in [QuantBits::Eight, QuantBits::Four] {
        let enough = peak(&|plan| plan.compute.quantize = Some(bits));
        if enough <= most {
            return Advice::Quantize(bits, enough);
        }
    }
    let stride = plan.checkpoint.variant.vae_stride().0;
    let shorter = (1..plan.canvas.frames).rev().filter(|n| n % stride == 1);
    let mut shorter = shorter.filter(|_| plan.sources.last_image.is_none());
    let fits = |frames: &u32| peak(&|plan| plan.canvas.frames = *frames) <= most;
    shorter
        .find(fits)
        .map_or(Advice::LargerMachine, Advice::Shorten)
}

fn peak(needs: &[Need]) -> u64 {
    needs.iter().map(Need::bytes).max().unwrap_or_default()
}

fn peak_of(needs: &[Need], stage: Stage) -> u64 {
    let of_stage = needs.iter().filter(|need| need.stage == stage);
    of_stage.map(Need::bytes).max().unwrap_or_default()
}
