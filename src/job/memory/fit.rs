//! From a plan to one that fits into the machine's memory.

use super::needs::needs;
use super::vae::{Frames, decode};
use super::{Machine, Need, Saving, Sizes, VaeSizes};
use crate::job::{Decoding, Field, Guidance, Plan, Precision, QuantBits, Refusal, Remedy, Stage};

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
    budget.holds(needed, || advice(plan, sizes, budget.most, needed))?;
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
    budget.holds(needed, || elsewhere(needed))?;
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
    budget.holds(needed, || elsewhere(needed))?;
    let mut fitted = decoding.clone();
    fitted.tiles = frames.tiles;
    if frames.precision != decoding.precision {
        fitted.compute_in(frames.precision);
    }
    Ok((fitted, savings))
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
    fn holds(
        &self,
        needed: u64,
        advice: impl FnOnce() -> (String, Option<Remedy>),
    ) -> Result<(), Refusal> {
        if needed <= self.most {
            return Ok(());
        }
        let whose = if self.is_limited {
            "it may use"
        } else {
            "this machine can give"
        };
        let (advice, remedy) = advice();
        let message = format!(
            "This video needs {} of memory, and {} is all that {whose}: {advice}",
            words(needed),
            words(self.most),
        );
        Err(Refusal {
            remedy,
            ..Refusal::new(Field::Memory, message)
        })
    }
}

/// Of a video that was begun, nothing else can be changed.
fn elsewhere(needed: u64) -> (String, Option<Remedy>) {
    let advice = format!("go on with it where there are {}", words(needed));
    (advice, None)
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
        Stage::Decode => {
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

/// What would need less, in words and, where that is one change, as that.
fn advice(plan: &Plan, sizes: &Sizes, most: u64, needed: u64) -> (String, Option<Remedy>) {
    if sizes.picture > most {
        let words = format!(
            "make its picture smaller, opening it takes {}",
            words(sizes.picture)
        );
        return (words, None);
    }
    let peak = |change: &dyn Fn(&mut Plan)| {
        let mut other = plan.clone();
        change(&mut other);
        within(&other, sizes, most, Stage::Text).peak()
    };
    for bits in [QuantBits::Eight, QuantBits::Four] {
        let needed = peak(&|plan| plan.compute.quantize = Some(bits));
        if needed <= most {
            let words = format!(
                "pack its weights into {bits} bits, which needs {}",
                words(needed)
            );
            return (words, Some(Remedy::Pack(bits)));
        }
    }
    let stride = plan.checkpoint.variant.vae_stride().0;
    let shorter = (1..plan.canvas.frames).rev().filter(|n| n % stride == 1);
    let shorter = shorter.filter(|_| plan.sources.last_image.is_none());
    for frames in shorter {
        if peak(&|plan| plan.canvas.frames = frames) <= most {
            let words = format!("ask for {frames} frames or a smaller size");
            return (words, Some(Remedy::Frames(frames)));
        }
    }
    let words = format!(
        "it takes a machine that can give {}, or a smaller model or size",
        words(needed)
    );
    (words, None)
}

fn peak(needs: &[Need]) -> u64 {
    needs.iter().map(Need::bytes).max().unwrap_or_default()
}

fn peak_of(needs: &[Need], stage: Stage) -> u64 {
    let of_stage = needs.iter().filter(|need| need.stage == stage);
    of_stage.map(Need::bytes).max().unwrap_or_default()
}

/// "640 MB", "11.4 GB".
fn words(bytes: u64) -> String {
    match bytes as f64 {
        few if few < 1e9 => format!("{:.0} MB", few / 1e6),
        many => format!("{:.1} GB", many / 1e9),
    }
}
