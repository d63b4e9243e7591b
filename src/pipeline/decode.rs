//! From latents to the video file, a few frames at a time.

use std::path::Path;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype, memory};

use super::frames_file::FramesFile;
use super::team::{self, Strips, Team};
use super::{Glimpse, Reporter, bytes, checks};
use crate::job::memory::MemoryOptions;
use crate::job::{Clip, Decoding, Implausible, Problem, Repeat, Stage, VaePrecision, Variant};
use crate::media::mp4::Mp4Writer;
use crate::model::tiny_vae;
use crate::model::vae::{Decoder, Strip, Tiling};
use crate::weights::{NetworkKind, Weights};
use crate::{Error, Result};

/// Decodes `latents`, (channels, frames, height, width), writes its output, and tells in which type it was decoded.
///
/// Frames that became too large for float16 are decoded again, all of them, in float32 and with as little memory.
pub(super) fn write(
    plan: &Decoding,
    latents: &Array,
    reporter: &mut Reporter,
) -> Result<VaePrecision> {
    let is_narrow = plan.precision == VaePrecision::F16 && plan.tiny_vae.is_none();
    match attempt(plan, latents, reporter) {
        Err(Error::Problem(Problem::Implausible(Implausible::FramesNotFinite))) if is_narrow => {
            let mut wider = plan.clone();
            wider.compute_in(VaePrecision::F32);
            wider.tiles = MemoryOptions::LEAST.tiles;
            memory::clear_cache()?;
            reporter.again(Repeat::WiderFrames);
            attempt(&wider, latents, reporter).map(|()| wider.precision)
        }
        written => written.map(|()| plan.precision),
    }
}

fn attempt(plan: &Decoding, latents: &Array, reporter: &mut Reporter) -> Result<()> {
    let frames = plan.canvas.frames as usize;
    reporter.step(Stage::Decode, 0, frames)?;
    let decoder = AnyDecoder::load(plan)?;
    let mut video = Mp4Writer::create(
        &plan.output,
        plan.canvas.size,
        plan.canvas.fps,
        plan.quality,
        &plan.info.to_json(),
    )?;
    let mut floats = plan
        .save_frames
        .as_ref()
        .map(|path| FramesFile::create(path, frames, plan.canvas.size))
        .transpose()?;

    let mut seen = checks::Pixels::default();
    let mut done = 0;
    // References stand before the video's own frames.
    let own = plan
        .checkpoint
        .variant
        .latent_shape(plan.canvas.size, plan.canvas.frames);
    let leading = (latents.dim(1) - own.frames).max(0);
    let latents = latents.try_index((.., leading..))?;
    let latents = latents.transpose_axes(&[1, 2, 3, 0])?;
    decoder.decode(plan, &latents, |chunk| {
        checks::frames(chunk)?;
        if let Some(floats) = &mut floats {
            floats.write(chunk)?;
        }
        let pixels = bytes::of(chunk)?;
        seen.see(&pixels);
        let clip = Clip::new(plan.canvas.size, f64::from(plan.canvas.fps), pixels);
        for frame in clip.frames() {
            video.write(frame)?;
        }
        let first = done;
        done += clip.len();
        reporter.show(|| Ok(Glimpse::Frames(first, clip)))?;
        reporter.step(Stage::Decode, done, frames)
    })?;
    seen.end()?;
    if let Some(floats) = floats {
        floats.finish()?;
    }
    video.finish()
}

/// The model's own, or a tiny one.
enum AnyDecoder {
    Full(Decoder),
    Tiny(tiny_vae::Decoder),
}

impl AnyDecoder {
    fn load(plan: &Decoding) -> Result<Self> {
        let own = &plan.checkpoint.vae;
        let files = match &plan.tiny_vae {
            Some(file) if is_tiny(file)? => {
                return tiny(file, plan.checkpoint.variant).map(Self::Tiny);
            }
            Some(file) => std::slice::from_ref(file), // as large ones are made, but narrow
            None => own,
        };
        let weights = Weights::open_kind(files, NetworkKind::Vae)?;
        let decoder = weights.load(|weights| {
            let kind = super::vae_kind(plan.checkpoint.variant);
            Decoder::load(kind, &weights.as_type(dtype(plan.precision)))
        });
        decoder.map(Self::Full)
    }

    fn decode(
        &self,
        plan: &Decoding,
        latents: &Array,
        write: impl FnMut(&Array) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Full(decoder) => {
                let tiling = Tiling::cut(plan.tiles as i32)?;
                let team = team::current().filter(|_| plan.tiny_vae.is_none());
                let strip = team.and_then(|team| Some((team.strip(latents.dim(2))?, team)));
                match strip {
                    None => decoder.decode(latents, tiling, write),
                    Some((strip, team)) => in_strips(
                        decoder,
                        latents,
                        tiling,
                        (&strip, &*team),
                        plan.precision,
                        write,
                    ),
                }
            }
            Self::Tiny(decoder) => decoder.decode(latents, write),
        }
    }
}

/// Decodes together with other machines, a strip of the pictures each.
fn in_strips(
    decoder: &Decoder,
    latents: &Array,
    tiling: Tiling,
    (strip, team): (&Strip, &Team),
    precision: VaePrecision,
    mut write: impl FnMut(&Array) -> Result<()>,
) -> Result<()> {
    let strips = Strips {
        precision,
        frames: tiling.frames,
        // About as many tiles as one machine would have, all strips together.
        rows: (tiling.rows * tiling.columns / team.size() as i32).max(1),
    };
    team.decode(strips, latents)?;
    let decoded = decoder.decode_strip(latents, strips.tiling(), strip, |frames| {
        let written = write(frames);
        team.goes_on(written.is_ok())?;
        // All have stopped here, if one has.
        written.inspect_err(|_| team.rest())
    });
    if decoded.is_ok() {
        team.rest();
    }
    decoded
}

/// Whether a file holds a network that [`tiny`] reads.
///
/// # Errors
/// It cannot be read.
pub(super) fn is_tiny(file: &Path) -> Result<bool> {
    let weights = Weights::open(&[file.to_owned()])?;
    Ok(tiny_vae::latent_channels(&weights).is_some())
}

/// The tiny VAE in a file.
pub(super) fn tiny(file: &Path, variant: Variant) -> Result<tiny_vae::Decoder> {
    let weights = Weights::open(&[file.to_owned()])?.as_type(Dtype::Float32);
    let decoder = weights.load(tiny_vae::Decoder::load)?;
    if u32::try_from(decoder.channels()) == Ok(variant.latent_channels()) {
        return Ok(decoder);
    }
    let problem = format!(
        "is a tiny VAE for other latents than those of {}: choose another",
        variant.name()
    );
    Err(Error::content(file, problem))
}

/// MLX's name for it.
pub(super) fn dtype(precision: VaePrecision) -> Dtype {
    match precision {
        VaePrecision::F32 => Dtype::Float32,
        VaePrecision::Bf16 => Dtype::Bfloat16,
        VaePrecision::F16 => Dtype::Float16,
    }
}
