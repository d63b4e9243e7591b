//! `zoetrope generate`: one job, from the arguments to the file.

use std::fs::File;
use std::process::ExitCode;

use super::args::Generate;
use super::progress::{ProgressSink, headline};
use super::{destination, follow, show};
use crate::catalog::{self, Matched};
use crate::engine::memory;
use crate::error::{Error, Result};
use crate::job::{Command, Expert, Found, Plan, new_seed};
use crate::media::{self, photo};

/// Makes the video that the arguments ask for.
pub fn run(args: &Generate) -> ExitCode {
    show(args.work, |face| make(args, face))
}

fn make(args: &Generate, face: &mut dyn ProgressSink) -> Result<()> {
    let plan = plan(args)?;
    destination::check_plan(&plan)?;
    let matched = catalog::match_loras(&plan.loras, &plan.checkpoint)?;
    let mut words = vec![headline("Making", &plan)];
    words.extend(matched.iter().map(fit));
    face.started(&words.join("\n"), &plan.output, Some(&plan.settings()));
    // The engine makes the plan fit; a refusal that comes from here still knows which argument would help.
    memory::fit(&plan)?;
    let output = plan.output.clone();
    follow::carry_out(&output, face, |handle| {
        Command::Generate(handle, Box::new(plan))
    })
}

/// Everything that can be refused is refused here, before any work.
pub fn plan(args: &Generate) -> Result<Plan> {
    let checkpoint = args.model.open()?;
    let guides = &args.guides;
    let found = Found {
        picture: args.image.as_deref().map(photo::size).transpose()?,
        video: guides.video.as_deref().map(media::span).transpose()?,
    };
    guides.mask.as_deref().map(media::span).transpose()?;
    for reference in &guides.references {
        photo::size(reference)?;
    }
    args.last_image.as_deref().map(photo::size).transpose()?;
    if let Some(noise) = &args.noise {
        File::open(noise).map_err(Error::file("read", noise))?;
    }
    let plan = Plan::new(
        &args.request(),
        checkpoint,
        found,
        new_seed(),
        args.output.clone(),
    )?;
    Ok(plan)
}

/// "LoRA style.safetensors: 398 of 400 layers matched, for high noise; left out: `img_emb.proj.1`, `img_emb.proj.3`"
fn fit(matched: &Matched) -> String {
    let Matched { lora, expert, fit } = matched;
    let expert = match expert {
        None => "",
        Some(Expert::HighNoise) => ", for high noise",
        Some(Expert::LowNoise) => ", for low noise",
    };
    let others = fit.strangers();
    let others = others.map(|names| format!("; left out: {names}"));
    format!(
        "LoRA {}: {} of {} layers matched{expert}{}",
        lora.file.display(),
        fit.matched,
        fit.of,
        others.unwrap_or_default()
    )
}
