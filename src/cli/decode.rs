//! `zoetrope decode`: a video of latents that are there already.

use std::process::ExitCode;

use super::args::Decode;
use super::progress::ProgressSink;
use super::{destination, follow, show};
use crate::engine::saved;
use crate::error::Result;
use crate::job::{Command, Decoding};

/// Decodes the latents.
pub fn run(args: &Decode) -> ExitCode {
    show(args.work, |face| decode(args, face))
}

fn decode(args: &Decode, face: &mut dyn ProgressSink) -> Result<()> {
    let is_video = args.latents.extension().is_some_and(|end| end == "mp4");
    let file = if is_video {
        saved::kept_latents(&args.latents)
    } else {
        args.latents.clone()
    };
    let latents = saved::latents(&file)?;
    let settings = latents.settings.clone();
    let checkpoint = args
        .model
        .or_named(settings.as_ref().filter(|_| is_video))?;
    let output = args.output.clone();
    let (fps, precision) = (args.fps, args.vae_dtype);
    let mut decoding = Decoding::new(checkpoint, latents.shape, settings, fps, precision, output)?;
    decoding.save_frames.clone_from(&args.save_frames);
    decoding.memory_limit = args.work.memory_limit;
    decoding.quality = args.quality.unwrap_or_default();
    destination::check([Some(args.output.as_path()), args.save_frames.as_deref()])?;

    face.started(
        &headline(args, &decoding),
        &args.output,
        latents.settings.as_ref(),
    );
    follow::carry_out(&args.output, face, |handle| {
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
        "Decoding {} to {} with {}\n{}, {} at {} a second",
        args.latents.display(),
        decoding.output.display(),
        decoding.checkpoint.name,
        decoding.size,
        decoding.frames,
        decoding.fps,
    )
}
