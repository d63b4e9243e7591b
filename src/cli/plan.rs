//! `zoetrope plan`: how much memory a video would take.

use clap::Args;
use serde_json::json;

use super::generate::Generate;
use super::{format, generate, print, print_json};
use crate::engine::outlook::Mac;
use crate::engine::{device, memory, planned_passes};
use crate::error::Result;
use crate::job::memory::{Fitted, Need};
use crate::job::plain_text::one_line;
use crate::job::{Expert, Machine, Plan, Published};
use crate::words::english;

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The video.
    #[command(flatten)]
    pub video: Generate,

    /// Estimate for another Mac, such as M2-16GB, M3Pro-36GB or M4Max-128GB
    #[arg(
        long,
        value_name = "CHIP-MEMORY",
        help_heading = "Another Mac",
        conflicts_with = "cpu"
    )]
    pub mac: Option<Mac>,

    /// Assume its window is visible, which keeps dispatches short
    #[arg(long, requires = "mac", help_heading = "Another Mac")]
    pub window: bool,

    /// Plan for a published model; no files needed
    #[arg(
        long,
        value_name = "t2v-1.3b|ti2v-5b|t2v-a14b|i2v-a14b",
        requires = "mac",
        conflicts_with_all = ["Model", "speed", "draft"],
        help_heading = "Another Mac"
    )]
    pub synthetic: Option<Published>,
}

/// Prints what each stage needs and what the machine has.
///
/// # Errors
/// The video cannot be made here, with what could.
pub fn run(args: &PlanArgs) -> Result<()> {
    let args = &args.video;
    device::use_processor(args.work.cpu)?;
    let plan = generate::plan(args)?;
    let machine = memory::machine()?;
    let fitted = memory::fit(&plan)?;
    if args.work.json {
        print_json(&object(&fitted, &machine))
    } else {
        print(&table(&fitted, &machine))
    }
}

fn table(fitted: &Fitted, machine: &Machine) -> String {
    let Fitted { plan, savings, .. } = fitted;
    let mut lines = vec![
        format!(
            "{}: {}, {} frames\n",
            one_line(&plan.checkpoint.name),
            plan.canvas.size,
            plan.canvas.frames
        ),
        format!(
            "{:30}{:>12}{:>12}{:>12}",
            "", "weights", "activations", "total"
        ),
    ];
    lines.extend(fitted.needs.iter().map(row));
    lines.push(String::new());
    lines.push(format!(
        "Needs {} of the {} it may use; {} free now",
        format::bytes(fitted.peak()),
        format::bytes(machine.most(plan.limits.memory)),
        format::bytes(machine.available),
    ));
    lines.push(how(plan));
    if let Some((computed, of)) = planned_passes(plan) {
        lines.push(format!("Computes {computed} of {of} passes of the network"));
    }
    if !savings.is_empty() {
        lines.push(english::to_fit(savings));
    }
    lines.join("\n")
}

/// What a stage is called: "Denoising, high noise".
pub(super) fn label(need: &Need) -> String {
    let expert = match need.expert {
        None => "",
        Some(Expert::HighNoise) => ", high noise",
        Some(Expert::LowNoise) => ", low noise",
    };
    format!("{}{expert}", english::stage(need.stage))
}

fn row(need: &Need) -> String {
    format!(
        "{:30}{:>12}{:>12}{:>12}",
        label(need),
        format::bytes(need.weights),
        format::bytes(need.work),
        format::bytes(need.bytes()),
    )
}

/// In which types it is computed.
fn how(plan: &Plan) -> String {
    let packed = plan
        .compute
        .quantize
        .map(|bits| format!(", quantized to {bits} bits"));
    format!(
        "The DiT computes in {}{}, the VAE decodes in {}",
        plan.compute.precision,
        packed.unwrap_or_default(),
        plan.compute.vae_precision
    )
}

fn object(fitted: &Fitted, machine: &Machine) -> String {
    let stages = fitted.needs.iter().map(|need| {
        json!({
            "stage": need.stage,
            "expert": need.expert,
            "weights_bytes": need.weights,
            "work_bytes": need.work,
            "bytes": need.bytes(),
        })
    });
    json!({
        "model": fitted.plan.checkpoint.name,
        "size": fitted.plan.canvas.size,
        "frames": fitted.plan.canvas.frames,
        "precision": fitted.plan.compute.precision,
        "vae_precision": fitted.plan.compute.vae_precision,
        "stages": stages.collect::<Vec<_>>(),
        "passes": planned_passes(&fitted.plan).map(|(computed, of)| json!({"computed": computed, "of": of})),
        "peak_bytes": fitted.peak(),
        "limit_bytes": machine.most(fitted.plan.limits.memory),
        "machine": machine,
        "thrift": fitted.plan.thrift,
        "changes": fitted.savings.iter().map(|&each| english::saving(each)).collect::<Vec<_>>(),
    })
    .to_string()
}
