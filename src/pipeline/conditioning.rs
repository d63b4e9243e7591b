//! From pictures to what the DiT is given of them.

use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros};
use mlx_rs::{Array, Dtype, memory};

use super::{Reporter, vae_kind};
use crate::job::{CropAnchor, LatentShape, Pictures, Plan, Size, Stage};
use crate::media::photo;
use crate::model::dit::Timesteps;
use crate::model::vae::{Encoder, Tiling};
use crate::weights::{NetworkKind, Weights};
use crate::{Error, Result};

/// What of a video is given.
pub enum Conditioning {
    /// Nothing but the prompt.
    Nothing,
    /// The clean latent of the first frame, (channels, 1, height, width), in the place of a noisy
    /// one.
    FirstFrame(Array),
    /// A mask and clean latents that the DiT sees beside the noisy ones,
    /// (4 + channels, frames, height, width).
    QuantParams(Array),
}

impl Conditioning {
    /// `latents`, (channels, frames, height, width), with the given frame in its place.
    pub(super) fn put_into(&self, latents: Array) -> Result<Array> {
        match self {
            Self::FirstFrame(frame) => {
                let rest = latents.try_index((.., 1..))?;
                Ok(concatenate(&[frame, &rest], 1)?)
            }
            Self::Nothing | Self::QuantParams(_) => Ok(latents),
        }
    }

    /// `latents` with what the DiT sees beside them.
    pub(super) fn put_beside(&self, latents: &Array) -> Result<Array> {
        match self {
            Self::QuantParams(given) => Ok(concatenate(&[latents, given], 0)?),
            Self::Nothing | Self::FirstFrame(_) => Ok(latents.clone()),
        }
    }

    /// The timesteps of all tokens when the noisy ones have this one.
    pub(super) fn timesteps(&self, noisy: f64) -> Timesteps {
        Timesteps {
            noisy,
            clean_first_frame: matches!(self, Self::FirstFrame(_)),
        }
    }
}

/// Encodes the plan's pictures, if it has any.
///
/// They are encoded in float32 whatever else is chosen: the whole video follows from them.
///
/// # Errors
/// A picture or the VAE cannot be read; [`crate::Error::Cancelled`].
pub fn encode(plan: &Plan, reporter: &mut Reporter) -> Result<Conditioning> {
    match (&plan.sources.image, plan.checkpoint.variant.pictures()) {
        (None, _) | (_, Pictures::None) => Ok(Conditioning::Nothing),
        (Some(picture), Pictures::FirstFrame) => {
            let anchor = plan.sources.anchor;
            let frame = crop(picture, plan.canvas.size, anchor, reporter)?;
            let latent = encode_clip(plan, 1, |_| Ok(frame.clone()), reporter)?;
            Ok(Conditioning::FirstFrame(latent))
        }
        (Some(picture), Pictures::Ends) => {
            ends(plan, picture, reporter).map(Conditioning::QuantParams)
        }
    }
}

/// The clip that has the pictures at its ends and grey between them, behind a mask that tells which
/// frames are given.
///
/// Wan2.2 `wan/image2video.py`, `WanI2V.generate`; the last frame as in Wan2.1
/// `wan/first_last_frame2video.py`, `WanFLF2V.generate`.
fn ends(plan: &Plan, picture: &Path, reporter: &mut Reporter) -> Result<Array> {
    let first = fit(picture, plan.sources.anchor, plan, reporter)?;
    let last = plan.sources.last_image.as_deref();
    let last = last
        .map(|path| fit(path, plan.sources.last_anchor, plan, reporter))
        .transpose()?;
    let frames = i32::try_from(plan.canvas.frames).unwrap_or(i32::MAX);
    let (height, width) = (first.dim(1), first.dim(2));
    let read = |range: Range<i32>| {
        if range.start == 0 {
            return Ok(first.clone());
        }
        let grey = |count| zeros::<f32>(&[count, height, width, 3]);
        let count = range.end - range.start;
        Ok(match &last {
            Some(last) if range.end == frames => concatenate(&[&grey(count - 1)?, last], 0)?,
            _ => grey(count)?,
        })
    };
    let latents = encode_clip(plan, frames, read, reporter)?;
    let mask = mask(plan.latent_shape(), last.is_some());
    let given = concatenate(&[&mask, &latents], 0)?;
    given.eval()?;
    Ok(given)
}

/// (4, frames, height, width): one where a frame is given. The four are the frames that a latent
/// covers; the first latent covers the first frame four times.
fn mask(shape: LatentShape, last_is_given: bool) -> Array {
    const COVERED: usize = 4;
    let frames = shape.frames as usize;
    let plane = shape.height as usize * shape.width as usize;
    let mut values = vec![0.0_f32; COVERED * frames * plane];
    let mut give = |covered: usize, frame: usize| {
        let start = (covered * frames + frame) * plane;
        values[start..start + plane].fill(1.0);
    };
    (0..COVERED).for_each(|covered| give(covered, 0));
    if last_is_given {
        give(COVERED - 1, frames - 1);
    }
    let axes = [COVERED as i32, shape.frames, shape.height, shape.width];
    Array::from_slice(&values, &axes)
}

/// The latents, (channels, frames, height, width), of a clip of `frames` frames that `read` gives
/// in chunks.
fn encode_clip(
    plan: &Plan,
    frames: i32,
    mut read: impl FnMut(Range<i32>) -> Result<Array>,
    reporter: &mut Reporter,
) -> Result<Array> {
    let stride = plan.checkpoint.variant.vae_stride().0 as usize;
    let chunks = (frames as usize - 1) / stride + 1;
    reporter.step(Stage::Image, 0, chunks)?;
    let encoder = Weights::open_kind(&plan.checkpoint.vae, NetworkKind::Vae)?.load(|weights| {
        let kind = vae_kind(plan.checkpoint.variant);
        Encoder::load(kind, &weights.as_type(Dtype::Float32))
    })?;
    let mut done = 0;
    let latents = encoder.encode_chunks(frames, Tiling::fastest()?, |range| {
        if done > 0 {
            reporter.step(Stage::Image, done, chunks)?;
        }
        done += 1;
        read(range)
    })?;
    let latents = latents.transpose_axes(&[3, 0, 1, 2])?.contiguous()?;
    latents.eval()?;
    drop(encoder);
    memory::clear_cache()?;
    reporter.step(Stage::Image, chunks, chunks)?;
    Ok(latents)
}

/// A picture as a frame, stretched where its own aspect leads to about the video's, as the official
/// code does it, and cropped elsewhere.
fn fit(path: &Path, anchor: CropAnchor, plan: &Plan, reporter: &Reporter) -> Result<Array> {
    let (path, size) = (path.to_owned(), plan.canvas.size);
    let (variant, max_area) = (plan.checkpoint.variant, plan.sources.max_area);
    let planes = aside(reporter, move || {
        let picture = photo::open(&path)?;
        let own = Size::new(picture.width(), picture.height());
        let led_to = max_area.map(|area| variant.size_for(own, area));
        if led_to == Some(size) {
            Ok(photo::stretch(&picture, size))
        } else {
            Ok(photo::floats(&photo::cover(&picture, size, anchor)?))
        }
    });
    frame(&planes?, size)
}

/// A picture as a frame, cropped to the video.
///
/// Wan2.2 `wan/textimage2video.py`, `WanTI2V.i2v`.
fn crop(path: &Path, size: Size, anchor: CropAnchor, reporter: &Reporter) -> Result<Array> {
    let path = path.to_owned();
    let planes = aside(reporter, move || {
        let picture = photo::open(&path)?;
        Ok(photo::floats(&photo::cover(&picture, size, anchor)?))
    });
    frame(&planes?, size)
}

/// Reads a picture on a thread of its own: a large one takes seconds, in which decoders hear nothing of a job that is
/// stopped. What is left of them then goes by itself.
fn aside<T: Send + 'static>(
    reporter: &Reporter,
    read: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    const LOOK: Duration = Duration::from_millis(20);
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .name("picture".into())
        .spawn(move || drop(send.send(read())))
        .map_err(|error| Error::Other(format!("No thread can be started: {error}")))?;
    loop {
        match receive.recv_timeout(LOOK) {
            Ok(read) => return read,
            Err(RecvTimeoutError::Timeout) => reporter.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                let message =
                    "The picture could not be read: its decoder stopped; save it in another format";
                return Err(Error::Other(message.into()));
            }
        }
    }
}

/// Planes of colour (3, height, width) → pixels in [-1, 1] (1, height, width, 3)
fn frame(planes: &[f32], size: Size) -> Result<Array> {
    let (height, width) = (size.height as i32, size.width as i32);
    let planes = Array::from_slice(planes, &[3, 1, height, width]);
    Ok(planes.transpose_axes(&[1, 2, 3, 0])?.contiguous()?)
}
