//! `zoetrope generate`: one job, from the arguments to the file.

use super::args::Generate;
use super::progress::{ProgressSink, headline};
use super::{destination, follow, say, shown};
use crate::catalog::{self, Matched};
use crate::engine::{self, CutPrompt, memory};
use crate::error::Result;
use crate::input;
use crate::job::plain_text::one_line;
use crate::job::{Command, Expert, Plan, new_seed};
use crate::media::photo;

/// Makes the video that the arguments ask for.
///
/// # Errors
/// It cannot be made, or was stopped.
pub fn run(args: &Generate, face: &mut dyn ProgressSink) -> Result<()> {
    let plan = plan(args)?;
    destination::check_plan(&plan)?;
    let matched = catalog::match_loras(&plan.loras, &plan.checkpoint)?;
    let mut words = vec![headline("Making", &plan)];
    words.extend(matched.iter().map(fit));
    face.started(&words.join("\n"), &plan.output, Some(&plan.settings()));
    for cut in engine::cut_prompts(&plan)? {
        say(&warning(&cut));
    }
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
    let picture = args.image.as_deref().map(photo::size).transpose()?;
    args.last_image.as_deref().map(photo::size).transpose()?;
    if let Some(noise) = &args.noise {
        input::open(noise)?;
    }
    let plan = Plan::new(
        &args.request(),
        checkpoint,
        picture,
        new_seed(),
        args.output.clone(),
    )?;
    Ok(plan)
}

/// How much of the end of a prompt is shown.
const SHOWN: usize = 80;

/// What is not read of a prompt.
fn warning(cut: &CutPrompt) -> String {
    let CutPrompt {
        is_negative,
        tokens,
        end,
    } = cut;
    let which = if *is_negative {
        "negative prompt"
    } else {
        "prompt"
    };
    let shown: String = end.chars().take(SHOWN).collect();
    let more = if shown.len() < end.len() { "…" } else { "" };
    format!(
        "warning: The {which} is too long: the model reads {tokens} tokens, and not its end, “{}{more}”",
        one_line(&shown)
    )
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
    let others = others.map(|names| format!("; left out: {}", one_line(&names)));
    format!(
        "LoRA {}: {} of {} layers matched{expert}{}",
        shown(&lora.file),
        fit.matched,
        fit.of,
        others.unwrap_or_default()
    )
}
