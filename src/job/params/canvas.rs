//! The size and the length of a video.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Found, Guides, Line, Sources};
use crate::job::{
    Checkpoint, Defaults, LatentShape, OutOfRange, PictureFit, Refusal, Size, Variant,
};

/// The size and the length of a video, as asked: `None` is what the model recommends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Video")]
#[serde(default)]
pub struct CanvasRequest {
    /// Width x height in pixels, such as 832x480; with a first frame, the pixel budget
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Number of frames, 4n + 1
    #[arg(long, value_name = "N")]
    pub frames: Option<u32>,

    /// Frames per second
    #[arg(long, value_name = "N")]
    pub fps: Option<u32>,
}

/// The size and the length of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canvas {
    /// Width and height in pixels.
    pub size: Size,
    /// The number of frames, 4n + 1.
    pub frames: u32,
    /// Frames a second.
    pub fps: u32,
}

impl CanvasRequest {
    /// Fills in what the model recommends, or what follows from the first frame, or from a video that leads.
    ///
    /// # Errors
    /// The first value that cannot work, with what would.
    pub(in crate::job) fn resolve(
        &self,
        sources: &Sources,
        checkpoint: &Checkpoint,
        Found { picture, video }: Found,
    ) -> Result<Canvas, Refusal> {
        let defaults = &checkpoint.defaults;
        let led = picture.or(video.map(|video| video.size));
        let fps = self.fps.unwrap_or(defaults.fps);
        check_fps(fps)?;
        let own = video.map(|video| video.length(fps).min(defaults.frames));
        let canvas = Canvas {
            size: self.size(sources, checkpoint, led)?,
            frames: self.frames.or(own).unwrap_or(defaults.frames),
            fps,
        };
        canvas.check(checkpoint.variant)?;
        Guides::check_length(video.as_ref(), checkpoint.variant, &canvas)?;
        Ok(canvas)
    }

    /// The area that [`PictureFit::Picture`] fills.
    pub(in crate::job) fn area(&self, sources: &Sources, defaults: &Defaults) -> u64 {
        let size = self.size.unwrap_or(defaults.size);
        sources.max_area.unwrap_or_else(|| size.area())
    }

    fn size(
        &self,
        sources: &Sources,
        checkpoint: &Checkpoint,
        picture: Option<Size>,
    ) -> Result<Size, Refusal> {
        let Checkpoint {
            variant, defaults, ..
        } = checkpoint;
        match (picture, sources.fit, self.size, sources.max_area) {
            (Some(picture), PictureFit::Picture, ..) => {
                filling(self.area(sources, defaults), picture, *variant)
            }
            (_, _, None, Some(area)) => filling(area, defaults.size, *variant),
            (_, _, asked, _) => Ok(asked.unwrap_or(defaults.size)),
        }
    }
}

impl From<Canvas> for CanvasRequest {
    fn from(canvas: Canvas) -> Self {
        let Canvas { size, frames, fps } = canvas;
        Self {
            size: Some(size),
            frames: Some(frames),
            fps: Some(fps),
        }
    }
}

impl Canvas {
    /// # Errors
    /// The first value that cannot work with a model of this family, with what would.
    pub(in crate::job) fn check(&self, variant: Variant) -> Result<(), Refusal> {
        check_size(self.size, variant.alignment())?;
        check_frames(self.frames, variant)?;
        check_fps(self.fps)
    }

    /// That of the video that latents of this shape decode to.
    pub(in crate::job) fn of_latents(shape: LatentShape, variant: Variant, fps: u32) -> Self {
        let (time, height, width) = variant.vae_stride();
        let pixels = |length: i32, stride: u32| {
            u32::try_from(length)
                .unwrap_or_default()
                .saturating_mul(stride)
        };
        Self {
            size: Size::new(pixels(shape.width, width), pixels(shape.height, height)),
            frames: pixels(shape.frames - 1, time).saturating_add(1),
            fps,
        }
    }

    /// For `zoetrope info`.
    pub(in crate::job) fn lines(&self) -> Vec<Line> {
        let Self { size, frames, fps } = self;
        vec![
            ("Size", size.to_string()),
            ("Frames", format!("{frames} at {fps} fps")),
        ]
    }
}

/// The size that fills `area` with about the aspect of `like`.
fn filling(area: u64, like: Size, variant: Variant) -> Result<Size, Refusal> {
    let least = u64::from(variant.alignment()).pow(2);
    if area < least {
        return Err(OutOfRange::AreaTooSmall { area, least }.into());
    }
    let size = variant.size_for(like, area);
    if size.area() > area {
        return Err(Refusal::PictureTooNarrow(like));
    }
    Ok(size)
}

/// Whether the sides fit a model that works in steps of so many pixels.
pub(in crate::job) fn check_size(size: Size, step: u32) -> Result<(), Refusal> {
    check_video(size)?;
    let smaller = size.aligned(step);
    if smaller == size {
        return Ok(());
    }
    let larger = Size::new(
        size.width.div_ceil(step) * step,
        size.height.div_ceil(step) * step,
    );
    Err(OutOfRange::SizeUnaligned {
        size,
        smaller,
        larger,
    }
    .into())
}

/// Whether a video can be so large. The official `RoPE` table has places for all of that.
pub(in crate::job) fn check_video(size: Size) -> Result<(), Refusal> {
    if size.fits_video() {
        return Ok(());
    }
    Err(OutOfRange::SizeTooLarge {
        size,
        largest: Size::LARGEST_VIDEO,
    }
    .into())
}

pub(in crate::job) fn check_frames(frames: u32, variant: Variant) -> Result<(), Refusal> {
    const MOST: u32 = 4093;
    let stride = variant.vae_stride().0;
    if frames > MOST {
        return Err(OutOfRange::TooManyFrames { frames, most: MOST }.into());
    }
    if frames % stride == 1 {
        return Ok(());
    }
    Err(OutOfRange::FramesUnaligned {
        frames,
        stride,
        below: frames.saturating_sub(1) / stride * stride + 1,
    }
    .into())
}

pub(in crate::job) fn check_fps(fps: u32) -> Result<(), Refusal> {
    if (1..=240).contains(&fps) {
        return Ok(());
    }
    Err(OutOfRange::Fps(fps).into())
}
