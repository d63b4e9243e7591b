//! `zoetrope generate`: one job, from the arguments to the file.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use super::args::{Model, Work};
use super::progress::{ProgressSink, headline};
use super::{destination, follow, show};
use crate::catalog::{self, Matched};
use crate::engine::memory;
use crate::error::{Error, Result};
use crate::job::{
    CanvasRequest, Command, Compute, Expert, Found, Guides, Negative, Outputs, Plan, Request,
    SamplingRequest, Sources, new_seed,
};
use crate::media::{self, photo};

/// Arguments of `generate`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("leads").multiple(true).args(["image", "video"])))]
pub struct Generate {
    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// What the video should show
    #[arg(long, value_name = "TEXT")]
    pub prompt: String,

    /// What it should not show [default: the model's own]
    #[arg(long, value_name = "TEXT", conflicts_with = "no_negative")]
    pub negative: Option<String>,

    /// Compare with an empty prompt instead
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

    /// The types to compute in.
    #[command(flatten)]
    pub compute: Compute,

    /// What is written besides, and how well.
    #[command(flatten)]
    pub outputs: Outputs,

    /// How to compute, and what to print.
    #[command(flatten)]
    pub work: Work,

    /// The video to write; one of that name is replaced once the new one is whole
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
            compute: self.compute,
            outputs: self.outputs.clone(),
            limits: self.work.limits,
        }
    }
}

/// Makes the video that the arguments ask for.
pub fn run(args: &Generate) -> ExitCode {
    show(args.work, |face| make(args, face))
}

fn make(args: &Generate, face: &mut dyn ProgressSink) -> Result<()> {
    let plan = plan(args)?;
    destination::check_plan(&plan)?;
    let matched = catalog::match_loras(&plan.sources.loras, &plan.checkpoint)?;
    let mut words = vec![headline("Making", &plan)];
    words.extend(matched.iter().map(fit));
    face.started(&words.join("\n"), &plan.output, Some(&plan.info()));
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
