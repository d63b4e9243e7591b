//! `zoetrope generate`: one job, from the arguments to the file.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::progress::{ProgressSink, headline};
use super::shared_args::{Model, Work};
use super::speed::SpeedArgs;
use super::together::{Part, SeveralMachines};
use super::{follow, help_another, say, shown};
use crate::catalog::{self, Matched};
use crate::disk;
use crate::engine::{self, CutPrompt, estimates, saved, step_costs};
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{
    CanvasRequest, Command, Compute, Expert, Found, Guides, Negative, Outputs, Plan, Remark,
    Request, ResumePoint, SamplingRequest, Sources, Speedups, new_seed,
};
use crate::media::{self, photo};
use crate::words::english;

/// Arguments of `generate`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("leads").multiple(true).args(["image", "video"])))]
pub struct Generate {
    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// Prompt: what the video should show
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub prompt: String,

    /// Negative prompt: what it should not show [default: the model's own]
    #[arg(
        long,
        value_name = "TEXT",
        conflicts_with = "no_negative",
        allow_hyphen_values = true
    )]
    pub negative: Option<String>,

    /// Use an empty negative prompt
    #[arg(long)]
    pub no_negative: bool,

    /// Pictures, LoRAs and noise.
    #[command(flatten)]
    pub sources: Sources,

    /// A video to follow or to change, and references.
    #[command(flatten)]
    pub guides: Guides,

    /// Size and length.
    #[command(flatten)]
    pub canvas: CanvasRequest,

    /// How it is denoised.
    #[command(flatten)]
    pub sampling: SamplingRequest,

    /// How soon it is wanted.
    #[command(flatten)]
    pub speed: SpeedArgs,

    /// What makes it fast.
    #[command(flatten)]
    pub speedups: Speedups,

    /// The types to compute in.
    #[command(flatten)]
    pub compute: Compute,

    /// What is written besides, and how well.
    #[command(flatten)]
    pub outputs: Outputs,

    /// Other machines that help.
    #[command(flatten)]
    pub hosts: SeveralMachines,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,

    /// The video to write; an existing one is replaced only when the new one is complete
    #[arg(short, long, value_name = "OUT.mp4")]
    pub output: PathBuf,
}

impl Generate {
    /// The request that these arguments make.
    pub fn request(&self) -> Request {
        Request {
            prompt: self.prompt.clone(),
            negative: match &self.negative {
                _ if self.no_negative => Negative::Empty,
                Some(text) => Negative::Text(text.clone()),
                None => Negative::Default,
            },
            sources: self.sources.clone(),
            guides: self.guides.clone(),
            canvas: self.canvas.clone(),
            sampling: self.sampling.clone(),
            speedups: self.speedups.clone(),
            compute: self.compute,
            outputs: self.outputs.clone(),
            limits: self.work.limits,
        }
    }
}

/// Makes the video that the arguments ask for.
///
/// # Errors
/// It cannot be made, or was stopped.
pub fn run(args: &Generate, face: &mut dyn ProgressSink) -> Result<()> {
    let together = match args.hosts.gather(args.work.cpu)? {
        Part::First(together) => together,
        Part::Helper => return help_another::launched(&args.model, args.work),
    };
    let plan = plan(args)?;
    saved::check_plan(&plan)?;
    let matched = catalog::match_loras(&plan.sources.loras, &plan.checkpoint)?;
    let mut words = vec![headline("Making", &plan)];
    words.extend(taken(&plan)?);
    words.extend(matched.iter().map(fit));
    let remarks = catalog::remarks(&plan.checkpoint);
    // Whoever gives a tokenizer knows where it lies.
    let is_news = |remark: &&Remark| {
        !matches!(remark, Remark::Tokenizer(_)) || args.model.tokenizer.is_none()
    };
    words.extend(remarks.iter().filter(is_news).map(english::remark));
    face.started(&words.join("\n"), &plan.output, Some(&plan.info()));
    for cut in engine::cut_prompts(&plan)? {
        say(&warning(&cut));
    }
    let output = plan.output.clone();
    let (carried_out, is_draft) = (plan.clone(), plan.speedups.draft().is_some());
    face.expects(step_costs(&plan));
    let taken = follow::carry_out(&output, face, &together, |handle| {
        Command::Generate(handle, Box::new(plan))
    })?;
    if let Some(timings) = &taken.timings {
        estimates::learn(&carried_out, &taken.savings, args.work.cpu, timings);
    }
    if is_draft {
        let video = ResumePoint::quoted(&output);
        say(&format!(
            "This is a draft: `zoetrope decode {video} -o {video}` decodes it in full"
        ));
    }
    Ok(())
}

/// Everything that can be refused is refused here, before any work.
pub fn plan(args: &Generate) -> Result<Plan> {
    let checkpoint = args.model.open()?;
    let Generate {
        sources, guides, ..
    } = args;
    let found = Found {
        picture: sources.image.as_deref().map(photo::size).transpose()?,
        video: guides.video.as_deref().map(media::span).transpose()?,
    };
    guides.mask.as_deref().map(media::span).transpose()?;
    for picture in sources.last_image.iter().chain(&guides.references) {
        photo::size(picture)?;
    }
    if let Some(noise) = &sources.noise {
        disk::open(noise)?;
    }
    let plan = |request: &Request| {
        let output = args.output.clone();
        Plan::new(request, checkpoint.clone(), found, new_seed(), output)
    };
    let known = estimates::known();
    let time = |request: &Request| {
        let plan = plan(request).ok()?;
        estimates::guess(&known, &plan, args.work.cpu)
    };
    let (request, lines) = args.speed.prepare(&args.request(), &checkpoint, time)?;
    for line in lines {
        say(&line);
    }
    Ok(plan(&request)?)
}

/// "Video cat.mp4: takes 17 of 64 frames"
fn taken(plan: &Plan) -> Result<Option<String>> {
    let Some(video) = &plan.guides.video else {
        return Ok(None);
    };
    let canvas = &plan.canvas;
    let taken = media::span(video)?.taken(canvas.size, canvas.frames, canvas.fps);
    let taken = english::taken(&taken);
    Ok(taken.map(|taken| format!("Video {}: {taken}", shown(video))))
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
        "warning: The {which} is too long: the model reads {tokens} tokens and ignores the end, “{}{more}”",
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
