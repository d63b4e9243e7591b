//! From latents to the video file, a few frames at a time.

use std::mem;
use std::panic::resume_unwind;
use std::path::Path;
use std::rc::Rc;
use std::thread;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::{Array, Dtype, memory};

use super::frames_file::{self, FramesFile};
use super::kept::{self, Key};
use super::team::{self, Strips, Team};
use super::{Glimpse, Reporter, bytes, checks};
use crate::job::memory::MemoryOptions;
use crate::job::{Clip, Decoding, Implausible, Problem, Repeat, Stage, VaePrecision, Variant};
use crate::media::mp4::Mp4Writer;
use crate::model::tiny_vae;
use crate::model::vae::{self, Decoder, Tiling};
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
    let mut sink = Sink {
        video: Mp4Writer::create(
            &plan.output,
            plan.canvas.size,
            plan.canvas.fps,
            plan.quality,
            &plan.info.to_json(),
        )?,
        floats: plan
            .save_frames
            .as_ref()
            .map(|path| FramesFile::create(path, frames, plan.canvas.size))
            .transpose()?,
        seen: checks::Pixels::default(),
        frame_bytes: 3 * plan.canvas.size.area() as usize,
    };
    let is_kept = sink.floats.is_some();
    // References stand before the video's own frames.
    let own = plan
        .checkpoint
        .variant
        .latent_shape(plan.canvas.size, plan.canvas.frames);
    let leading = (latents.dim(1) - own.frames).max(0);
    let latents = latents.try_index((.., leading..))?;
    let latents = latents.transpose_axes(&[1, 2, 3, 0])?;
    let mut made = decoder.frames(plan, &latents)?;
    let mut done = 0;
    let mut next = |reporter: &mut Reporter| {
        let Some(chunk) = made.next_chunk()? else {
            return Ok(None);
        };
        let chunk = Chunk::of(&chunk, is_kept)?;
        let first = done;
        done += chunk.frames;
        reporter.show(|| {
            let pixels = bytes::slice(&chunk.pixels)?.to_vec();
            let clip = Clip::new(plan.canvas.size, f64::from(plan.canvas.fps), pixels);
            Ok(Glimpse::Frames(first, clip))
        })?;
        reporter.step(Stage::Decode, done, frames)?;
        Ok(Some(chunk))
    };
    let mut chunk = next(reporter)?;
    while let Some(now) = chunk {
        let content = now.content()?;
        chunk = beside(|| sink.take(content), || next(reporter))?;
    }
    sink.finish()
}

/// Does `other` on a thread of its own while this one does `work`.
fn beside<T>(
    other: impl FnOnce() -> Result<()> + Send,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("frames".into());
        let other = thread.spawn_scoped(scope, other);
        let other = other.map_err(|error| Error::from(Problem::NoThread(error.to_string())))?;
        let made = work();
        other.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        made
    })
}

/// Decoded frames that are on their way into the video.
struct Chunk {
    frames: usize,
    /// As bytes, (t, height, width, 3).
    pixels: Array,
    /// As floats, (3, t, height, width), where they are kept.
    planes: Option<Array>,
}

impl Chunk {
    fn of(frames: &Array, is_kept: bool) -> Result<Self> {
        checks::frames(frames)?;
        let planes = is_kept.then(|| frames_file::planes(frames)).transpose()?;
        let pixels = bytes::array(frames)?;
        pixels.eval()?;
        Ok(Self {
            frames: frames.dim(0) as usize,
            pixels,
            planes,
        })
    }

    /// What is in it, for another thread.
    fn content(&self) -> Result<(&[u8], Option<&[f32]>)> {
        let planes = self.planes.as_ref().map(frames_file::floats);
        Ok((bytes::slice(&self.pixels)?, planes.transpose()?))
    }
}

/// Where decoded frames go.
struct Sink {
    video: Mp4Writer,
    floats: Option<FramesFile>,
    seen: checks::Pixels,
    frame_bytes: usize,
}

impl Sink {
    fn take(&mut self, (pixels, planes): (&[u8], Option<&[f32]>)) -> Result<()> {
        if let (Some(floats), Some(planes)) = (&mut self.floats, planes) {
            floats.write(planes)?;
        }
        self.seen.see(pixels);
        let mut frames = pixels.chunks_exact(self.frame_bytes);
        frames.try_for_each(|frame| self.video.write(frame))
    }

    fn finish(self) -> Result<()> {
        self.seen.end()?;
        if let Some(floats) = self.floats {
            floats.finish()?;
        }
        self.video.finish()
    }
}

/// The model's own, or a tiny one.
enum AnyDecoder {
    Full(Rc<Decoder>),
    Tiny(tiny_vae::Decoder),
}

impl AnyDecoder {
    fn load(plan: &Decoding) -> Result<Self> {
        let own = &plan.checkpoint.vae;
        let files = match &plan.tiny_vae {
            Some(file) if is_tiny(file)? => {
                kept::make_room(Stage::Decode, None);
                return tiny(file, plan.checkpoint.variant).map(Self::Tiny);
            }
            Some(file) => std::slice::from_ref(file), // as large ones are made, but narrow
            None => own,
        };
        let load = || {
            Weights::open_kind(files, NetworkKind::Vae)?.load(|weights| {
                let kind = super::vae_kind(plan.checkpoint.variant);
                Decoder::load(kind, &weights.as_type(dtype(plan.precision)))
            })
        };
        let key = Key::decoder(plan, files);
        kept::or_load(Stage::Decode, key, load).map(Self::Full)
    }

    fn frames(&self, plan: &Decoding, latents: &Array) -> Result<AnyFrames<'_>> {
        let decoder = match self {
            Self::Full(decoder) => decoder,
            Self::Tiny(decoder) => return Ok(AnyFrames::Tiny(decoder.frames(latents))),
        };
        let tiling = Tiling::cut(plan.tiles as i32)?;
        // Others have the model's own VAE.
        let team = team::current().filter(|_| plan.tiny_vae.is_none());
        let strip = team.and_then(|team| Some((team.strip(latents.dim(2))?, team)));
        let Some((strip, team)) = strip else {
            return decoder.frames(latents, tiling).map(AnyFrames::Full);
        };
        let strips = Strips {
            precision: plan.precision,
            frames: tiling.frames,
            // About as many tiles as one machine would have, all strips together.
            rows: (tiling.rows * tiling.columns / team.size() as i32).max(1),
        };
        team.decode(strips, latents)?;
        Ok(AnyFrames::InStrips(StripFrames {
            frames: decoder.strip_frames(latents, strips.tiling(), &strip)?,
            team,
            is_asked: false,
        }))
    }
}

/// What either makes.
enum AnyFrames<'a> {
    Full(vae::Frames<'a>),
    InStrips(StripFrames<'a>),
    Tiny(tiny_vae::Frames<'a>),
}

impl AnyFrames<'_> {
    fn next_chunk(&mut self) -> Result<Option<Array>> {
        match self {
            Self::Full(frames) => frames.next_chunk(),
            Self::InStrips(frames) => frames.next_chunk(),
            Self::Tiny(frames) => frames.next_chunk(),
        }
    }
}

/// What several machines decode together, a strip of the pictures each.
struct StripFrames<'a> {
    frames: vae::Frames<'a>,
    team: Rc<Team>,
    /// Whether the others wait to hear if it goes on.
    is_asked: bool,
}

impl StripFrames<'_> {
    fn next_chunk(&mut self) -> Result<Option<Array>> {
        if mem::take(&mut self.is_asked) {
            self.team.goes_on(true)?;
        }
        let chunk = self.frames.next_chunk()?;
        match chunk {
            Some(_) => self.is_asked = true,
            None => self.team.rest(),
        }
        Ok(chunk)
    }
}

impl Drop for StripFrames<'_> {
    /// What came could not be used: nobody goes on.
    fn drop(&mut self) {
        if self.is_asked {
            // Who does not hear it any more has stopped.
            let _ = self.team.goes_on(false);
            self.team.rest();
        }
    }
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
