//! `zoetrope plan --mac`: what another Mac would do with a video.

use std::time::Duration;

use serde_json::json;

use super::plan::{PlanArgs, label};
use super::{format, interrupt, print, print_json, say};
use crate::engine::outlook::{Mac, Outlook, StageOutlook, outlook};
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{Field, Found, Plan, Refusal, Use, new_seed};
use crate::media::{self, photo};
use crate::words::english;

/// Prints what each stage would need and how long it would take.
///
/// # Errors
/// The video cannot be made on that Mac, with what could.
pub fn run(args: &PlanArgs, mac: Mac) -> Result<()> {
    let plan = plan(args)?;
    let outlook = outlook(&plan, args.synthetic, mac, args.window)?;
    let is_json = args.video.work.json;
    if let Some(refusal) = &outlook.refusal {
        if is_json {
            interrupt::last_words(&object(&outlook)); // in the place of what failures end with
        }
        let hint = super::argument(&refusal.clone().into());
        let sentence = format!("{mac}: {refusal}{hint}");
        return Err(Refusal::new(Field::Memory, sentence).into());
    }
    if is_json {
        print_json(&object(&outlook))
    } else {
        print(&table(&outlook))
    }
}

/// The plan, for a published model without any files. Where it is made from a picture, none has to be there.
fn plan(args: &PlanArgs) -> Result<Plan> {
    let checkpoint = match args.synthetic {
        Some(published) => published.checkpoint(),
        None => args.video.model.open()?,
    };
    let mut request = args.video.request();
    if args.synthetic.is_none() {
        let (prepared, lines) = args.video.speed.prepare(&request, &checkpoint, |_| None)?;
        request = prepared;
        for line in lines {
            say(&line);
        }
    }
    let picture = request.sources.image.as_deref();
    let video = request.guides.video.as_deref();
    let found = Found {
        picture: picture.map(photo::size).transpose()?,
        video: video.map(media::span).transpose()?,
    };
    // What the model cannot do without is counted, even where it is not there.
    let inputs = checkpoint.variant.inputs();
    if inputs.first == Use::Required {
        let image = &mut request.sources.image;
        image.get_or_insert_with(|| "picture.png".into());
    }
    if inputs.last == Use::Required {
        let image = &mut request.sources.last_image;
        image.get_or_insert_with(|| "picture.png".into());
    }
    if inputs.video == Use::Required {
        let video = &mut request.guides.video;
        video.get_or_insert_with(|| "video.mp4".into());
    }
    let output = args.video.output.clone();
    Ok(Plan::new(&request, checkpoint, found, new_seed(), output)?)
}

fn table(outlook: &Outlook) -> String {
    let (plan, cost) = (&outlook.plan, outlook.cost());
    let mut lines = vec![
        format!(
            "{}: {}, {} frames, on {}\n",
            one_line(&plan.checkpoint.name),
            plan.canvas.size,
            plan.canvas.frames,
            outlook.mac,
        ),
        row(
            "",
            ["time", "memory", "dispatches", "longest"].map(Into::into),
        ),
    ];
    lines.extend(outlook.stages.iter().map(stage));
    lines.push(String::new());
    lines.push(format!(
        "Takes about {} (estimated) and {} of memory; no dispatch is longer than {:.3} s",
        duration(cost.seconds),
        format::bytes(outlook.peak()),
        cost.longest,
    ));
    let packed = plan.compute.quantize;
    let packed = packed.map(|bits| format!(", quantized to {bits} bits"));
    lines.push(format!(
        "The DiT computes in {}{}, the VAE decodes in {}",
        outlook.number,
        packed.unwrap_or_default(),
        plan.compute.vae_precision,
    ));
    if !outlook.savings.is_empty() {
        lines.push(english::to_fit(&outlook.savings));
    }
    lines.join("\n")
}

fn stage(stage: &StageOutlook) -> String {
    let StageOutlook { need, cost } = stage;
    row(
        &label(need),
        [
            duration(cost.seconds),
            format::bytes(need.bytes()),
            cost.dispatches.to_string(),
            format!("{:.3} s", cost.longest),
        ],
    )
}

fn row(name: &str, [time, memory, dispatches, longest]: [String; 4]) -> String {
    format!("{name:30}{time:>14}{memory:>10}{dispatches:>12}{longest:>10}")
}

fn duration(seconds: f64) -> String {
    format::duration(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

fn object(outlook: &Outlook) -> String {
    let stages = outlook.stages.iter().map(|stage| {
        json!({
            "stage": stage.need.stage,
            "expert": stage.need.expert,
            "seconds": stage.cost.seconds,
            "bytes": stage.need.bytes(),
            "dispatches": stage.cost.dispatches,
            "longest_dispatch_seconds": stage.cost.longest,
        })
    });
    let cost = outlook.cost();
    let changes = outlook
        .savings
        .iter()
        .map(|&saving| english::saving(saving));
    json!({
        "mac": outlook.mac.to_string(),
        "model": outlook.plan.checkpoint.name,
        "size": outlook.plan.canvas.size,
        "frames": outlook.plan.canvas.frames,
        "dtype": outlook.number.to_string(),
        "vae_dtype": outlook.plan.compute.vae_precision,
        "estimated_seconds": cost.seconds,
        "longest_dispatch_seconds": cost.longest,
        "peak_bytes": outlook.peak(),
        "stages": stages.collect::<Vec<_>>(),
        "changes": changes.collect::<Vec<_>>(),
        "fits": outlook.refusal.is_none(),
    })
    .to_string()
}
