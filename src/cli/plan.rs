//! `zoetrope plan`: how much memory a video would take.

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::generate::Generate;
use super::{format, generate, print, print_json};
use crate::engine::outlook::Mac;
use crate::engine::{device, estimates, memory, planned_passes};
use crate::error::Result;
use crate::job::memory::{Fitted, Need, Shared};
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
    let shared = args.hosts.shared(&fitted.plan)?;
    if args.work.json {
        return print_json(&object(&fitted, &machine, shared.as_ref()));
    }
    let mut text = table(&fitted, &machine);
    if let Some(shared) = &shared {
        let alone = estimates::guess(&estimates::known(), &plan, args.work.cpu);
        text.push_str("\n\n");
        text.push_str(&together(shared, &fitted.plan, alone));
    }
    print(&text)
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

/// Links, and what is measured of them in bytes a second. Gigabit Ethernet carries 118 MB of what MLX sends.
const LINKS: [(&str, f64); 3] = [
    ("Thunderbolt 5", 3.5e9),
    ("10 Gb Ethernet", 1.18e9),
    ("1 Gb Ethernet", 1.18e8),
];

/// What several machines hold, send and gain.
fn together(shared: &Shared, plan: &Plan, alone: Option<Duration>) -> String {
    let Shared {
        machines,
        split,
        holds,
        bytes,
    } = shared;
    let mut lines = vec![format!(
        "{machines} machines split {split}: each holds {} while denoising and receives {} a step",
        format::bytes(holds.bytes()),
        format::bytes(*bytes)
    )];
    for (name, link) in LINKS {
        let exchange = *bytes as f64 / link;
        let gain = alone.map(|alone| {
            let times = shared.speedup(alone.as_secs_f64(), plan.sampling.steps, link);
            format!(", about {times:.1} times as fast as one")
        });
        let gain = gain.unwrap_or_default();
        lines.push(format!("{name:30}{exchange:>10.2} s a step{gain}"));
    }
    if alone.is_none() {
        lines.push(
            "Make such a video on this machine once to see how much faster several are".into(),
        );
    }
    lines.join("\n")
}

fn object(fitted: &Fitted, machine: &Machine, shared: Option<&Shared>) -> String {
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
        "together": shared.map(|shared| json!({
            "machines": shared.machines,
            "split": shared.split,
            "bytes": shared.holds.bytes(),
            "step_bytes": shared.bytes,
        })),
        "thrift": fitted.plan.thrift,
        "changes": fitted.savings.iter().map(|&each| english::saving(each)).collect::<Vec<_>>(),
    })
    .to_string()
}
