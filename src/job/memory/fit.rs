//! From a plan to one that fits into the machine's memory.

use super::{Machine, Need, Saving, Sizes, needs};
use crate::job::{Bits, Field, Guidance, Plan, Precision, Refusal, Remedy, Stage, VaePrecision};

/// More tiles than these overlap so much that they save nothing.
const MOST_TILES: u32 = 2;

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
/// It needs more than `limit`, or than there is; with what would need less.
pub fn fit(
    plan: &Plan,
    sizes: &Sizes,
    machine: &Machine,
    limit: Option<u64>,
) -> Result<Fitted, Refusal> {
    let most = machine.most(limit);
    let fitted = within(plan, sizes, machine.comfortable(limit));
    if fitted.peak() <= most {
        return Ok(fitted);
    }
    let needed = fitted.peak();
    let whose = match limit {
        Some(_) => "it may use",
        None => "this machine can give",
    };
    let (advice, remedy) = advice(plan, sizes, most, needed);
    let message = format!(
        "This video needs {} of memory, and {} is all that {whose}: {advice}",
        words(needed),
        words(most),
    );
    Err(Refusal {
        remedy,
        ..Refusal::new(Field::Memory, message)
    })
}

/// Saves where too much is needed, as long as there is something to save.
fn within(plan: &Plan, sizes: &Sizes, budget: u64) -> Fitted {
    let mut plan = plan.clone();
    let mut savings = Vec::new();
    for stage in [Stage::Denoise, Stage::Decode] {
        while peak_of(&needs(&plan, sizes), stage) > budget
            && let Some((thriftier, saving)) = saving(&plan, sizes, stage)
        {
            plan = thriftier;
            savings.push(saving);
        }
    }
    Fitted {
        needs: needs(&plan, sizes),
        plan,
        savings,
    }
}

/// The next thing that saves memory in a stage, that which costs least first.
fn saving(plan: &Plan, sizes: &Sizes, stage: Stage) -> Option<(Plan, Saving)> {
    let mut plan = plan.clone();
    let is_guided = plan.guidance != Guidance::both(1.0);
    let saving = match stage {
        Stage::Denoise if is_guided && plan.batches_guidance() => {
            plan.thrift.guidance_in_turn = true;
            Saving::GuidanceInTurn
        }
        Stage::Denoise if plan.precision == Precision::Auto && are_float32(sizes) => {
            plan.precision = Precision::Bf16;
            Saving::HalfProducts
        }
        Stage::Decode if plan.thrift.tiles < MOST_TILES => {
            plan.thrift.tiles = MOST_TILES;
            Saving::Tiles
        }
        Stage::Decode if plan.vae_precision.is_f32() => {
            plan.vae_precision = VaePrecision::Bf16;
            Saving::HalfFrames
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
    let peak = |change: &dyn Fn(&mut Plan)| {
        let mut other = plan.clone();
        change(&mut other);
        within(&other, sizes, most).peak()
    };
    for bits in [Bits::Eight, Bits::Four] {
        let needed = peak(&|plan| plan.quantize = Some(bits));
        if needed <= most {
            let words = format!(
                "pack its weights into {bits} bits, which needs {}",
                words(needed)
            );
            return (words, Some(Remedy::Pack(bits)));
        }
    }
    let stride = plan.checkpoint.variant.vae_stride().0;
    let shorter = (1..plan.frames).rev().filter(|n| n % stride == 1);
    let shorter = shorter.filter(|_| plan.last_picture.is_none());
    for frames in shorter {
        if peak(&|plan| plan.frames = frames) <= most {
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
