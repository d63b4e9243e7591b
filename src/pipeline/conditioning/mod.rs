//! From pictures and videos to what the DiT is given of them.
//!
//! Which inputs a family has, and where each enters, is told by [`Inputs`].

mod clip_encoder;
mod fitted;
mod kept;
mod vace;

pub(super) use fitted::planes;
pub(super) use kept::FILE;

use std::ops::Range;

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros};
use mlx_rs::{Array, memory};

use super::{Reporter, image_embeds, kept as networks};
use crate::Result;
use crate::job::{Beside, Inputs, LatentShape, Plan, Stage};
use crate::model::dit::{self, Timesteps};
use clip_encoder::ClipEncoder;
use fitted::{Fitted, Leader, fit, reference};

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
    /// The latent of a reference picture before the video, (channels, 1, height, width).
    pub reference: Option<Array>,
    /// What a chain of blocks beside the main ones follows, (channels, frames, height, width), and how strongly it leads.
    pub control: Option<(Array, f32)>,
    /// The latent frames of references before those of the video.
    leading: i32,
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
        let control = self.control.as_ref();
        dit::Beside {
            image: self.image.as_ref(),
            reference: self.reference.as_ref(),
            control: control.map(|(context, strength)| (context, *strength)),
        }
    }

    /// The frames of tokens before those of the latents.
    pub(super) fn leading_tokens(&self) -> i32 {
        i32::from(self.reference.is_some())
    }

    /// `latents` without the frames of references.
    pub(super) fn own_frames(&self, latents: &Array) -> Result<Array> {
        Ok(latents.try_index((.., self.leading..))?)
    }

    /// The timesteps of all tokens when the noisy ones have this one.
    pub(super) fn timesteps(&self, noisy: f64) -> Timesteps {
        Timesteps {
            noisy,
            clean_first_frame: self.first_frame.is_some(),
        }
    }
}

/// Encodes what the plan gives beside the prompt, if there is anything.
///
/// # Errors
/// A picture, a video, the image encoder or the VAE cannot be read; [`crate::Error::Cancelled`].
pub fn encode(plan: &Plan, reporter: &mut Reporter) -> Result<Conditioning> {
    let inputs = plan.checkpoint.variant.inputs();
    networks::make_room(Stage::Image, None);
    if inputs.chain {
        let context = vace::context(plan, reporter)?;
        memory::clear_cache()?;
        return Ok(Conditioning {
            control: Some((context, plan.guides.strength() as f32)),
            leading: plan.guides.leading(plan.checkpoint.variant).cast_signed(),
            ..Conditioning::default()
        });
    }
    let given = Given::open(plan, inputs, reporter)?;
    let image = given.image(plan, inputs, reporter)?;
    let latents = given.encode(plan, inputs, reporter)?;
    memory::clear_cache()?;
    Ok(Conditioning { image, ..latents })
}

/// Everything that was given, at the size of the video.
struct Given {
    first: Option<Fitted>,
    last: Option<Fitted>,
    video: Option<Leader>,
    /// (1, height, width, 3)
    reference: Option<Array>,
}

impl Given {
    fn open(plan: &Plan, inputs: &Inputs, reporter: &Reporter) -> Result<Self> {
        let first = plan.sources.image.as_deref();
        let first = first.filter(|_| inputs.first.is_possible());
        let first = first.map(|path| fit(path, plan.sources.anchor, plan, reporter));
        let last = plan.sources.last_image.as_deref();
        let last = last.filter(|_| inputs.last.is_possible());
        let last = last.map(|path| fit(path, plan.sources.last_anchor, plan, reporter));
        let video = plan.guides.video.as_deref();
        let video = video.filter(|_| inputs.video.is_possible());
        let video = video.map(|path| Leader::open(path, plan));
        let shown = plan.guides.references.first().filter(|_| inputs.leads);
        let shown = shown.map(|path| reference(path, plan, reporter));
        Ok(Self {
            first: first.transpose()?,
            last: last.transpose()?,
            video: video.transpose()?,
            reference: shown.transpose()?,
        })
    }

    /// The features of pictures, where the family reads any. The image encoder is gone before the VAE comes.
    fn image(
        &self,
        plan: &Plan,
        inputs: &Inputs,
        reporter: &mut Reporter,
    ) -> Result<Option<Array>> {
        let pictures = [&self.first, &self.last].into_iter().flatten();
        let pictures = pictures.take(inputs.seen as usize);
        let pictures: Vec<_> = pictures.map(|fitted| &fitted.picture).collect();
        if pictures.is_empty() {
            return Ok(None);
        }
        image_embeds::read(&plan.checkpoint, &pictures, reporter).map(Some)
    }

    /// Everything else: what goes through the VAE.
    fn encode(
        mut self,
        plan: &Plan,
        inputs: &Inputs,
        reporter: &mut Reporter,
    ) -> Result<Conditioning> {
        let frames = i32::try_from(plan.canvas.frames).unwrap_or(i32::MAX);
        let sees_clip = inputs.beside.contains(&Beside::Frames);
        let clips = [
            self.first
                .as_ref()
                .map(|_| if sees_clip { frames } else { 1 }),
            self.video.as_ref().map(|_| frames),
            self.reference.as_ref().map(|_| 1),
        ];
        let clips: Vec<_> = clips.into_iter().flatten().collect();
        let mut encoder = if clips.is_empty() {
            None
        } else {
            Some(ClipEncoder::load(plan, &clips, reporter)?)
        };
        let shape = plan.latent_shape();
        let nothing = |frames| zeros::<f32>(&[shape.channels, frames, shape.height, shape.width]);
        let mut encode = |frames, read: &mut dyn FnMut(Range<i32>) -> Result<Array>| {
            let encoder = encoder.as_mut();
            encoder
                .map(|encoder| encoder.encode(frames, read, reporter))
                .transpose()
        };

        let first = match &self.first {
            Some(first) if sees_clip => {
                let ends = Ends::new(first, self.last.as_ref(), frames);
                encode(frames, &mut |range| ends.read(range))?
            }
            Some(first) => encode(1, &mut |_| Ok(first.frame.clone()))?,
            None => None,
        };
        let video = match &mut self.video {
            Some(video) => encode(frames, &mut |range| video.read(range))?,
            None => None,
        };
        let shown = match &self.reference {
            Some(frame) => encode(1, &mut |_| Ok(frame.clone()))?,
            None => None,
        };

        let beside = inputs.beside.iter().map(|part| match part {
            Beside::Mask => Ok(mask(shape, first.is_some(), self.last.is_some())),
            Beside::Frames => Ok(first.clone().unwrap_or(nothing(shape.frames)?)),
            Beside::Video => Ok(video.clone().unwrap_or(nothing(shape.frames)?)),
        });
        let beside = beside.collect::<Result<Vec<_>>>()?;
        let beside = (!beside.is_empty()).then(|| concatenate(&beside, 0));
        let beside = beside.transpose()?;
        if let Some(beside) = &beside {
            beside.eval()?;
        }
        // What comes before the second latent does not know of it, so this is the first frame's own.
        let first_frame = first.filter(|_| inputs.in_place);
        let first_frame = first_frame.map(|latents| latents.try_index((.., ..1)));
        Ok(Conditioning {
            first_frame: first_frame.transpose()?,
            beside,
            // Without a picture there are the tokens of nothing.
            reference: if inputs.leads {
                Some(shown.unwrap_or(nothing(1)?))
            } else {
                None
            },
            ..Conditioning::default()
        })
    }
}

/// A clip that has pictures at its ends and grey between them.
///
/// Wan2.2 `wan/image2video.py`, `WanI2V.generate`; the last frame as in Wan2.1
/// `wan/first_last_frame2video.py`, `WanFLF2V.generate`.
struct Ends<'a> {
    first: &'a Array,
    last: Option<&'a Array>,
    frames: i32,
}

impl<'a> Ends<'a> {
    fn new(first: &'a Fitted, last: Option<&'a Fitted>, frames: i32) -> Self {
        Self {
            first: &first.frame,
            last: last.map(|last| &last.frame),
            frames,
        }
    }

    fn read(&self, range: Range<i32>) -> Result<Array> {
        if range.start == 0 {
            return Ok(self.first.clone());
        }
        let (height, width) = (self.first.dim(1), self.first.dim(2));
        let grey = |count| zeros::<f32>(&[count, height, width, 3]);
        let count = range.end - range.start;
        Ok(match self.last {
            Some(last) if range.end == self.frames => concatenate(&[&grey(count - 1)?, last], 0)?,
            _ => grey(count)?,
        })
    }
}

/// (4, frames, height, width): one where a frame is given. The four are the frames that a latent
/// covers; the first latent covers the first frame four times.
fn mask(shape: LatentShape, first_is_given: bool, last_is_given: bool) -> Array {
    const COVERED: usize = 4;
    let frames = shape.frames as usize;
    let plane = shape.height as usize * shape.width as usize;
    let mut values = vec![0.0_f32; COVERED * frames * plane];
    let mut give = |covered: usize, frame: usize| {
        let start = (covered * frames + frame) * plane;
        values[start..start + plane].fill(1.0);
    };
    if first_is_given {
        (0..COVERED).for_each(|covered| give(covered, 0));
    }
    if last_is_given {
        give(COVERED - 1, frames - 1);
    }
    let axes = [COVERED as i32, shape.frames, shape.height, shape.width];
    Array::from_slice(&values, &axes)
}
