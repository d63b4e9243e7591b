//! `zoetrope decode`: a video of latents that are there already.

use super::args::Decode;
use super::progress::ProgressSink;
use super::{destination, follow, shown};
use crate::engine::saved;
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{Command, Decoding};

/// Decodes the latents.
///
/// # Errors
/// They cannot be read, or not be decoded; or it was stopped.
pub fn run(args: &Decode, face: &mut dyn ProgressSink) -> Result<()> {
    let checkpoint = args.model.open()?;
    let latents = saved::latents(&args.latents)?;
    let settings = latents.settings.clone();
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
        Command::Decode(handle, args.latents.clone(), Box::new(decoding))
    })
}

/// What will be made, in two lines.
fn headline(args: &Decode, decoding: &Decoding) -> String {
    format!(
        "Decoding {} to {} with {}\n{}, {} at {} a second",
        shown(&args.latents),
        shown(&decoding.output),
        one_line(&decoding.checkpoint.name),
        decoding.size,
        decoding.frames,
        decoding.fps,
    )
}
