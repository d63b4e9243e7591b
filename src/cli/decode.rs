//! `zoetrope decode`: a video of latents that are there already.

use std::path::PathBuf;

use clap::Args;

use super::progress::ProgressSink;
use super::shared_args::{Model, Work};
use super::together::{Part, SeveralMachines};
use super::{follow, help_another, shown};
use crate::engine::saved;
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{Command, Decoding, Quality, VaePrecision};

/// Arguments of `decode`.
#[derive(Debug, Args)]
pub struct Decode {
    /// The latents, or a draft video
    #[arg(value_name = "LATENTS.safetensors|DRAFT.mp4")]
    pub latents: PathBuf,

    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// Frames per second [default: those saved with the latents, or the model's own]
    #[arg(long, value_name = "N")]
    pub fps: Option<u32>,

    /// Compute precision of the VAE [default: that saved with the latents, or f32]
    #[arg(long, value_name = VaePrecision::USAGE)]
    pub vae_dtype: Option<VaePrecision>,

    /// Quality of the encoded video
    #[arg(long, value_name = Quality::USAGE, default_value_t)]
    pub quality: Quality,

    /// Also save the frames: tensor "frames", (3, frames, height, width), in [-1, 1]
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_frames: Option<PathBuf>,

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

/// Decodes the latents.
///
/// # Errors
/// They cannot be read, or not be decoded; or it was stopped.
pub fn run(args: &Decode, face: &mut dyn ProgressSink) -> Result<()> {
    let together = match args.hosts.gather(args.work.cpu)? {
        Part::First(together) => together,
        Part::Helper => return help_another::launched(&args.model, args.work),
    };
    let is_video = args.latents.extension().is_some_and(|end| end == "mp4");
    let file = if is_video {
        saved::kept_latents(&args.latents)
    } else {
        args.latents.clone()
    };
    let latents = saved::latents(&file)?;
    let info = latents.info.clone();
    let checkpoint = args.model.or_named(info.as_ref().filter(|_| is_video))?;
    let output = args.output.clone();
    let (fps, precision) = (args.fps, args.vae_dtype);
    let mut decoding = Decoding::new(checkpoint, latents.shape, info, fps, precision, output)?;
    decoding.save_frames.clone_from(&args.save_frames);
    decoding.limits = args.work.limits;
    decoding.quality = args.quality;
    saved::check_decoding(&file, &decoding)?;

    face.started(
        &headline(args, &decoding),
        &args.output,
        latents.info.as_ref(),
    );
    follow::carry_out(&args.output, face, &together, |handle| {
        Command::Decode(handle, file.clone(), Box::new(decoding))
    })?;
    if is_video && args.output == args.latents {
        saved::forget_draft(&args.latents);
    }
    Ok(())
}

/// What will be made, in two lines.
fn headline(args: &Decode, decoding: &Decoding) -> String {
    format!(
        "Decoding {} to {} with {}\n{}, {} at {} fps",
        shown(&args.latents),
        shown(&decoding.output),
        one_line(&decoding.checkpoint.name),
        decoding.canvas.size,
        decoding.canvas.frames,
        decoding.canvas.fps,
    )
}
