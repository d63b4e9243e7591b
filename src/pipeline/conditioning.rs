//! From pictures to what the DiT is given of them.
//!
//! Which inputs a family has, and where each enters, is told by [`Inputs`](crate::job::Inputs).

use std::ops::Range;
use std::path::Path;

use image::RgbImage;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros};
use mlx_rs::{Array, Dtype, memory};

use super::{Reporter, image_embeds, vae_kind};
use crate::Result;
use crate::job::{Beside, CropAnchor, LatentShape, PictureRule, Plan, Size, Stage};
use crate::media::photo;
use crate::model::dit::{self, Timesteps};
use crate::model::vae::{Encoder, Tiling};
use crate::weights::Weights;

/// What the DiT is given beside the prompts and the noise.
#[derive(Default)]
pub struct Conditioning {
    /// The clean latent of the first frame, (channels, 1, height, width), in the place of a noisy
    /// one.
    pub first_frame: Option<Array>,
    /// What it sees on channels beside the noise, (channels, frames, height, width).
    pub beside: Option<Array>,
    /// The image encoder's features of pictures, (pictures, tokens, width).
    pub image: Option<Array>,
}

impl Conditioning {
    /// `latents`, (channels, frames, height, width), with the given frame in its place.
    pub(super) fn put_into(&self, latents: Array) -> Result<Array> {
        let Some(frame) = &self.first_frame else {
            return Ok(latents);
        };
        let rest = latents.try_index((.., 1..))?;
        Ok(concatenate(&[frame, &rest], 1)?)
    }

    /// `latents` with what the DiT sees beside them.
    pub(super) fn put_beside(&self, latents: &Array) -> Result<Array> {
        match &self.beside {
            Some(beside) => Ok(concatenate(&[latents, beside], 0)?),
            None => Ok(latents.clone()),
        }
    }

    /// What stands beside the prompts.
    pub(super) fn beside_prompts(&self) -> dit::Beside<'_> {
        dit::Beside {
            image: self.image.as_ref(),
            ..dit::Beside::default()
        }
    }

    /// The timesteps of all tokens when the noisy ones have this one.
    pub(super) fn timesteps(&self, noisy: f64) -> Timesteps {
        Timesteps {
            noisy,
            clean_first_frame: self.first_frame.is_some(),
        }
    }
}

/// Encodes the plan's pictures, if it has any.
///
/// They are encoded in float32 whatever else is chosen: the whole video follows from them.
///
/// # Errors
/// A picture, the image encoder or the VAE cannot be read; [`crate::Error::Cancelled`].
pub fn encode(plan: &Plan, reporter: &mut Reporter) -> Result<Conditioning> {
    let inputs = plan.checkpoint.variant.inputs();
    let Some(picture) = plan.picture.as_ref().filter(|_| inputs.takes_pictures()) else {
        return Ok(Conditioning::default());
    };
    let first = fit(&picture.path, picture.anchor, plan)?;
    let last = plan.last_picture.as_deref();
    let last = last.map(|path| fit(path, plan.last_anchor, plan));
    let last = last.transpose()?;

    let mut given = Conditioning::default();
    if inputs.seen > 0 {
        let pictures = [Some(&first), last.as_ref()].into_iter().flatten();
        let pictures = pictures.take(inputs.seen as usize);
        let pictures: Vec<_> = pictures.map(|fitted| &fitted.picture).collect();
        given.image = Some(image_embeds::read(&plan.checkpoint, &pictures, reporter)?);
    }
    if inputs.in_place {
        given.first_frame = Some(encode_clip(plan, 1, |_| Ok(first.frame.clone()), reporter)?);
    }
    if !inputs.beside.is_empty() {
        given.beside = Some(beside(
            plan,
            inputs.beside,
            &first,
            last.as_ref(),
            reporter,
        )?);
    }
    Ok(given)
}

/// A picture that was brought to the size of the video.
struct Fitted {
    /// As a frame, (1, height, width, 3), in [-1, 1].
    frame: Array,
    /// The part of the picture that is in the frame.
    picture: RgbImage,
}

/// The channels beside the noise, in the order in which the family has them.
fn beside(
    plan: &Plan,
    channels: &[Beside],
    first: &Fitted,
    last: Option<&Fitted>,
    reporter: &mut Reporter,
) -> Result<Array> {
    let parts = channels.iter().map(|part| match part {
        Beside::Mask => Ok(mask(plan.latent_shape(), last.is_some())),
        Beside::Frames => ends(plan, first, last, reporter),
    });
    let given = concatenate(&parts.collect::<Result<Vec<_>>>()?, 0)?;
    given.eval()?;
    Ok(given)
}

/// The latents of the clip that has the pictures at its ends and grey between them.
///
/// Wan2.2 `wan/image2video.py`, `WanI2V.generate`; the last frame as in Wan2.1
/// `wan/first_last_frame2video.py`, `WanFLF2V.generate`.
fn ends(
    plan: &Plan,
    first: &Fitted,
    last: Option<&Fitted>,
    reporter: &mut Reporter,
) -> Result<Array> {
    let frames = i32::try_from(plan.frames).unwrap_or(i32::MAX);
    let (height, width) = (first.frame.dim(1), first.frame.dim(2));
    let read = |range: Range<i32>| {
        if range.start == 0 {
            return Ok(first.frame.clone());
        }
        let grey = |count| zeros::<f32>(&[count, height, width, 3]);
        let count = range.end - range.start;
        Ok(match last {
            Some(last) if range.end == frames => concatenate(&[&grey(count - 1)?, &last.frame], 0)?,
            _ => grey(count)?,
        })
    };
    encode_clip(plan, frames, read, reporter)
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
    let encoder = Weights::open(&plan.checkpoint.vae)?.load(|weights| {
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

/// A picture brought to the size of the video by the family's rule. It is pulled there only where its own aspect leads
/// to about the video's, and cropped elsewhere.
fn fit(path: &Path, anchor: CropAnchor, plan: &Plan) -> Result<Fitted> {
    let picture = photo::open(path)?;
    let size = Size::new(picture.width(), picture.height());
    let variant = plan.checkpoint.variant;
    let area = plan.picture.as_ref().and_then(|first| first.max_area);
    let own_size = area.map(|area| variant.size_for(size, area));
    let is_pulled = variant.inputs().rule == PictureRule::Stretch && own_size == Some(plan.size);
    if is_pulled {
        return Ok(Fitted {
            frame: frame(&photo::stretch(&picture, plan.size), plan.size)?,
            picture,
        });
    }
    let picture = photo::cover(&picture, plan.size, anchor)?;
    Ok(Fitted {
        frame: frame(&photo::floats(&picture), plan.size)?,
        picture,
    })
}

/// Planes of colour (3, height, width) → pixels in [-1, 1] (1, height, width, 3)
pub(super) fn frame(planes: &[f32], size: Size) -> Result<Array> {
    let (height, width) = (size.height as i32, size.width as i32);
    let planes = Array::from_slice(planes, &[3, 1, height, width]);
    Ok(planes.transpose_axes(&[1, 2, 3, 0])?.contiguous()?)
}
