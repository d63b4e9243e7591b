//! A *plan* is a request that can be carried out: every number filled in and checked, so that no
//! later stage comes back with a question.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{
    Checkpoint, Defaults, Fit, Guidance, Negative, Pictures, Precision, Request, Sampler, Size,
    Variant,
};

/// Above this many rows in one product, the two passes of guidance run one after the other: wider
/// batches gain nothing there, and Apple's quantised kernels were wrong beyond 32,767 rows once.
const BATCHED_ROWS: u64 = 32_767;

/// Everything that a video is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The model.
    pub checkpoint: Checkpoint,
    /// What the video should show.
    pub prompt: String,
    /// What it should not show; empty to compare with nothing.
    pub negative: String,
    /// The first frame.
    pub picture: Option<Picture>,
    /// The last frame, fitted as the first one is.
    pub last_picture: Option<PathBuf>,
    /// The size of the video.
    pub size: Size,
    /// The number of frames, 4n + 1.
    pub frames: u32,
    /// Frames a second.
    pub fps: u32,
    /// Denoising steps.
    pub steps: u32,
    /// The solver.
    pub sampler: Sampler,
    /// How strongly the prompt pulls.
    pub guidance: Guidance,
    /// How much of the schedule is spent at high noise.
    pub shift: f64,
    /// The seed of the starting noise.
    pub seed: u64,
    /// The type in which matrix products are computed.
    pub precision: Precision,
    /// A file with the starting noise.
    pub noise: Option<PathBuf>,
    /// Where to keep the final latents.
    pub save_latents: Option<PathBuf>,
    /// Where to keep the decoded frames as floats.
    pub save_frames: Option<PathBuf>,
    /// The video.
    pub output: PathBuf,
}

/// The first frame of a video: a picture file that will be brought to the video's size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// The file.
    pub path: PathBuf,
    /// How the size of the video was found: it is kept so that the settings lead to the same one
    /// again.
    pub fit: Fit,
    /// The area in pixels that [`Fit::Picture`] filled.
    pub max_area: Option<u64>,
}

/// The axes of a video's latents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatentShape {
    /// Channels.
    pub channels: i32,
    /// Latent frames.
    pub frames: i32,
    /// Rows.
    pub height: i32,
    /// Columns.
    pub width: i32,
}

impl LatentShape {
    /// (channels, frames, height, width), as PyTorch and the files have it.
    pub fn channels_first(self) -> [i32; 4] {
        [self.channels, self.frames, self.height, self.width]
    }
}

/// The part of a request that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The prompt.
    Prompt,
    /// The first frame.
    Image,
    /// The last frame.
    LastImage,
    /// The size or the area.
    Size,
    /// The number of frames.
    Frames,
    /// The frame rate.
    Fps,
    /// The number of steps.
    Steps,
    /// The guidance scale.
    Guidance,
    /// The shift.
    Shift,
    /// The output file.
    Output,
}

/// Why a request cannot be carried out, and what could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where the reason is shown.
    pub field: Field,
    /// One sentence: what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

pub(super) fn refuse<T>(field: Field, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        field,
        message: message.into(),
    })
}

impl Plan {
    /// Fills in what the model recommends and checks what the request says.
    ///
    /// `picture` is the size of the request's first frame, if it has one; `seed` is used when the
    /// request has none.
    ///
    /// # Errors
    /// The first field that cannot work, with what would.
    pub fn new(
        request: &Request,
        checkpoint: Checkpoint,
        picture: Option<Size>,
        seed: u64,
        output: PathBuf,
    ) -> Result<Self, Refusal> {
        let defaults = checkpoint.defaults.clone();
        check_pictures(request, checkpoint.variant)?;
        let size = video_size(request, &checkpoint, picture)?;
        let frames = request.frames.unwrap_or(defaults.frames);
        check_frames(frames, &checkpoint)?;
        check_last_frame(request, frames, checkpoint.variant)?;
        let guidance = request.guidance.unwrap_or(defaults.guidance);
        let shift = request.shift.unwrap_or(defaults.shift);
        let steps = request.steps.unwrap_or(defaults.steps);
        let fps = check_fps(request.fps.unwrap_or(defaults.fps))?;
        if request.prompt.trim().is_empty() {
            return refuse(
                Field::Prompt,
                "The prompt is empty: say what the video should show",
            );
        }
        if !(1..=1000).contains(&steps) {
            return refuse(
                Field::Steps,
                format!("{steps} steps cannot work: give 1 to 1000"),
            );
        }
        if !(shift.is_finite() && shift > 0.0) {
            return refuse(
                Field::Shift,
                format!("A shift of {shift} cannot work: give a number above 0"),
            );
        }
        if !(guidance.low.is_finite() && guidance.high.is_finite()) {
            return refuse(Field::Guidance, "The guidance must be a number");
        }
        check_output(&output)?;
        Ok(Self {
            prompt: request.prompt.clone(),
            negative: match &request.negative {
                Negative::Default => defaults.negative_prompt.clone(),
                Negative::Empty => String::new(),
                Negative::Text(text) => text.clone(),
            },
            picture: first_frame(request, &defaults),
            last_picture: request.last_image.clone(),
            size,
            frames,
            fps,
            steps,
            sampler: request.sampler.unwrap_or(defaults.sampler),
            guidance,
            shift,
            seed: request.seed.unwrap_or(seed),
            precision: request.precision,
            noise: request.noise.clone(),
            save_latents: request.save_latents.clone(),
            save_frames: request.save_frames.clone(),
            output,
            checkpoint,
        })
    }

    /// The axes of the latents of this video.
    pub fn latent_shape(&self) -> LatentShape {
        let variant = self.checkpoint.variant;
        let (time, height, width) = variant.vae_stride();
        let axis = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
        LatentShape {
            channels: axis(variant.latent_channels()),
            frames: axis((self.frames - 1) / time + 1),
            height: axis(self.size.height / height),
            width: axis(self.size.width / width),
        }
    }

    /// The number of tokens that the DiT sees.
    pub fn tokens(&self) -> u64 {
        let LatentShape {
            frames,
            height,
            width,
            ..
        } = self.latent_shape();
        let (t, h, w) = self.checkpoint.variant.patch();
        let positions = i64::from(frames) * i64::from(height) * i64::from(width);
        positions.unsigned_abs() / u64::from(t * h * w)
    }

    /// Whether the two passes of guidance run as one batch.
    pub fn batches_guidance(&self) -> bool {
        2 * self.tokens() <= BATCHED_ROWS
    }
}

/// The area that [`Fit::Picture`] fills.
fn area(request: &Request, defaults: &Defaults) -> u64 {
    let size = request.size.unwrap_or(defaults.size);
    request.max_area.unwrap_or_else(|| size.area())
}

fn first_frame(request: &Request, defaults: &Defaults) -> Option<Picture> {
    request.image.clone().map(|path| Picture {
        path,
        fit: request.fit,
        max_area: (request.fit == Fit::Picture).then(|| area(request, defaults)),
    })
}

/// Whether the model takes what pictures there are.
fn check_pictures(request: &Request, variant: Variant) -> Result<(), Refusal> {
    let name = variant.name();
    match (variant.pictures(), &request.image) {
        (Pictures::None, Some(_)) => refuse(
            Field::Image,
            format!(
                "{name} makes videos from sentences alone: leave the picture out, or choose a model \
                 that takes one, as Wan2.2 TI2V and I2V-A14B do"
            ),
        ),
        (Pictures::Ends, None) => refuse(
            Field::Image,
            format!("{name} makes videos from pictures: give it one to begin with"),
        ),
        _ => Ok(()),
    }
}

fn check_last_frame(request: &Request, frames: u32, variant: Variant) -> Result<(), Refusal> {
    if request.last_image.is_none() {
        return Ok(());
    }
    if variant.pictures() != Pictures::Ends {
        return refuse(
            Field::LastImage,
            format!(
                "{} takes no picture to end with: leave it out, or choose a model that does, as \
                 Wan2.2 I2V-A14B",
                variant.name()
            ),
        );
    }
    if frames == 1 {
        return refuse(
            Field::LastImage,
            "A video of one frame cannot begin and end with two pictures: ask for 5 frames or more",
        );
    }
    Ok(())
}

fn video_size(
    request: &Request,
    checkpoint: &Checkpoint,
    picture: Option<Size>,
) -> Result<Size, Refusal> {
    let variant = checkpoint.variant;
    let model = checkpoint.defaults.size;
    match (picture, request.fit, request.size, request.max_area) {
        (Some(picture), Fit::Picture, ..) => {
            filling(area(request, &checkpoint.defaults), picture, variant)
        }
        (_, _, None, Some(area)) => filling(area, model, variant),
        (_, _, asked, _) => exactly(asked.unwrap_or(model), variant.alignment()),
    }
}

/// The size that fills `area` with about the aspect of `like`.
fn filling(area: u64, like: Size, variant: Variant) -> Result<Size, Refusal> {
    let least = u64::from(variant.alignment()).pow(2);
    if area < least {
        return refuse(
            Field::Size,
            format!("An area of {area} pixels is too small: {least} is the least"),
        );
    }
    let size = variant.size_for(like, area);
    if size.area() > area {
        return refuse(
            Field::Image,
            format!("A picture of {like} is too long and narrow for a video: crop it first"),
        );
    }
    check_sides(size)
}

/// This size, if its sides fit the model.
fn exactly(asked: Size, step: u32) -> Result<Size, Refusal> {
    let asked = check_sides(asked)?;
    if asked.aligned(step) == asked {
        return Ok(asked);
    }
    let smaller = asked.aligned(step);
    let larger = Size::new(
        asked.width.div_ceil(step) * step,
        asked.height.div_ceil(step) * step,
    );
    refuse(
        Field::Size,
        format!(
            "{asked} cannot work with this model: the nearest sizes are {smaller} and {larger}"
        ),
    )
}

/// The longest side: positions beyond 1024 tokens have no place in the official `RoPE` table.
fn check_sides(size: Size) -> Result<Size, Refusal> {
    const LONGEST: u32 = 8192;
    if size.width.max(size.height) > LONGEST {
        return refuse(
            Field::Size,
            format!("{size} is too large: no side can be over {LONGEST}"),
        );
    }
    Ok(size)
}

fn check_frames(frames: u32, checkpoint: &Checkpoint) -> Result<(), Refusal> {
    const MOST: u32 = 4093;
    let stride = checkpoint.variant.vae_stride().0;
    if frames > MOST {
        return refuse(
            Field::Frames,
            format!("{frames} frames are too many: {MOST} is the most"),
        );
    }
    if frames % stride == 1 {
        return Ok(());
    }
    let below = frames.saturating_sub(1) / stride * stride + 1;
    refuse(
        Field::Frames,
        format!(
            "{frames} frames cannot work: the number is a multiple of {stride} plus 1, so {below} or {}",
            below + stride
        ),
    )
}

pub(super) fn check_fps(fps: u32) -> Result<u32, Refusal> {
    if (1..=240).contains(&fps) {
        return Ok(fps);
    }
    refuse(
        Field::Fps,
        format!("{fps} frames a second cannot work: give 1 to 240"),
    )
}

pub(super) fn check_output(output: &Path) -> Result<(), Refusal> {
    let extension = output.extension().unwrap_or_default();
    if extension.eq_ignore_ascii_case("mp4") {
        return Ok(());
    }
    refuse(
        Field::Output,
        format!(
            "{} cannot be the video: give a name that ends in .mp4",
            output.display()
        ),
    )
}
