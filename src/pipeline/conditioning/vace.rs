//! What the chain of blocks of VACE follows: what of a video stays, what is made anew, where, and references.

use std::ops::Range;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, ones, zeros};
use mlx_rs::{Array, Dtype};

use super::clip_encoder::ClipEncoder;
use super::fitted::{Leader, reference};
use crate::Result;
use crate::job::Plan;
use crate::pipeline::Reporter;

/// The side of the squares of pixels that one latent position covers: each of their pixels has a mask channel.
const SQUARE: i32 = 8;

/// Of a mask more than this is made anew.
const HALF: f32 = 0.5;

/// The video and its mask, if there are any.
struct Sources {
    video: Option<Leader>,
    mask: Option<Leader>,
    /// Whether what is made anew is hidden.
    hides: bool,
    /// (height, width)
    axes: [i32; 2],
}

/// Latents of what stays, of what is made anew, and the mask: (channels, frames, height, width). References are frames
/// before the video's.
///
/// [`WanVace`](https://github.com/Wan-Video/Wan2.1/blob/9737cba/wan/vace.py), `vace_encode_frames`, `vace_encode_masks` and
/// `vace_latent`; for models that hide what is made anew VideoX-Fun `pipeline_wan2_2_vace_fun.py`, `__call__`.
pub(super) fn context(plan: &Plan, reporter: &mut Reporter) -> Result<Array> {
    let frames = i32::try_from(plan.canvas.frames).unwrap_or(i32::MAX);
    let mut sources = Sources::open(plan)?;
    let references = &plan.guides.references;
    let mut clips = vec![1; references.len()];
    clips.extend([frames, frames]);
    let mut encoder = ClipEncoder::load(plan, &clips, reporter)?;

    let (mut stays, mut changes) = (Vec::new(), Vec::new());
    for path in references {
        let picture = reference(path, plan, reporter)?;
        let latent = encoder.encode(1, |_| Ok(picture.clone()), reporter)?;
        changes.push(zeros::<f32>(latent.shape())?);
        stays.push(latent);
    }
    stays.push(encoder.encode(frames, |range| sources.split(range, false), reporter)?);
    changes.push(encoder.encode(frames, |range| sources.split(range, true), reporter)?);
    drop(encoder);

    let latents = plan.latent_shape();
    let leading = i32::try_from(references.len()).unwrap_or(0);
    let own = latents.frames - leading;
    let none = zeros::<f32>(&[SQUARE * SQUARE, 1, latents.height, latents.width])?;
    let masks = (0..own).map(|index| packed(&sources.mask(nearest(index, own, frames))?));
    let masks = references.iter().map(|_| Ok(none.clone())).chain(masks);
    let mask = concatenate(&masks.collect::<Result<Vec<_>>>()?, 1)?;

    let parts = [concatenate(&stays, 1)?, concatenate(&changes, 1)?, mask];
    let context = concatenate(&parts, 0)?;
    context.eval()?;
    Ok(context)
}

impl Sources {
    fn open(plan: &Plan) -> Result<Self> {
        let guides = &plan.guides;
        let video = guides.video.as_deref();
        let video = video.map(|path| Leader::open(path, plan)).transpose()?;
        let mask = guides.mask.as_deref().zip(video.as_ref());
        let mask = mask.map(|(path, video)| Leader::mask(path, plan, video));
        Ok(Self {
            mask: mask.transpose()?,
            video,
            hides: plan.checkpoint.variant.inputs().hides(),
            axes: [
                plan.canvas.size.height as i32,
                plan.canvas.size.width as i32,
            ],
        })
    }

    /// The frames with mid grey in the place of what is made anew, or of what stays.
    fn split(&mut self, range: Range<i32>, anew: bool) -> Result<Array> {
        let [height, width] = self.axes;
        let is_hidden = anew && self.hides && self.mask.is_some();
        let frames = match &mut self.video {
            Some(video) if !is_hidden => video.read(range.clone())?,
            _ => zeros::<f32>(&[range.end - range.start, height, width, 3])?,
        };
        let masks = range.map(|index| self.mask(index)?.expand_dims(2).map_err(Into::into));
        let mask = mlx_rs::ops::stack(&masks.collect::<Result<Vec<Array>>>()?, 0)?;
        let is_new = mask.gt(Array::from_f32(HALF))?;
        let keep = if anew { is_new } else { is_new.logical_not()? };
        Ok(frames.multiply(keep.as_dtype(frames.dtype())?)?)
    }

    /// The mask of a frame, (height, width) in 0 to 1. Without one everything is made anew, and so is what comes after the
    /// end of the video.
    fn mask(&mut self, index: i32) -> Result<Array> {
        match &mut self.mask {
            Some(mask) if index < mask.len() => {
                let frame = mask.read(index..index + 1)?;
                let channel = frame.try_index((0, .., .., 0))?;
                let one = Array::from_f32(1.0);
                let mask = channel.add(&one)?.divide(Array::from_f32(2.0))?;
                if self.hides {
                    let is_new = mask.gt(Array::from_f32(HALF))?;
                    return Ok(is_new.as_dtype(Dtype::Float32)?);
                }
                Ok(mask)
            }
            Some(_) | None => Ok(ones::<f32>(&self.axes)?),
        }
    }
}

/// The frame whose mask a latent frame has, of `of` that cover `frames`: the one in the middle.
///
/// PyTorch `aten/src/ATen/native/UpSample.h`, `nearest_neighbor_exact_compute_source_index`.
fn nearest(index: i32, of: i32, frames: i32) -> i32 {
    let scale = frames as f32 / of as f32;
    (((index as f32 + 0.5) * scale) as i32).min(frames - 1)
}

/// The mask of a frame, (height, width) → (64, 1, height/8, width/8): a channel for each pixel of a square.
fn packed(mask: &Array) -> Result<Array> {
    let (rows, columns) = (mask.dim(0) / SQUARE, mask.dim(1) / SQUARE);
    Ok(mask
        .reshape(&[rows, SQUARE, columns, SQUARE])?
        .transpose_axes(&[1, 3, 0, 2])?
        .reshape(&[SQUARE * SQUARE, 1, rows, columns])?)
}
