//! A *plan* is a request that can be carried out: every number filled in and checked, so that no
//! later stage comes back with a question.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::checks::{
    area, check_fps, check_frames, check_guidance, check_last_frame, check_loras, check_output,
    check_pictures, check_shift, check_steps, exactly, video_size,
};
use super::refusal::refuse;
use super::{
    Checkpoint, CropAnchor, Defaults, Field, Found, Guidance, Guides, Lora, MemoryOptions,
    Negative, PictureFit, Precision, Quality, QuantBits, Refusal, Request, Sampler, Size,
    VaePrecision,
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
    /// Which part of the last frame stays.
    #[serde(default)]
    pub last_anchor: CropAnchor,
    /// Videos and references.
    #[serde(flatten)]
    pub guides: Guides,
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
    /// The type in which latents are decoded.
    #[serde(default)]
    pub vae_precision: VaePrecision,
    /// What the weights of the DiT's large matrices are packed into.
    #[serde(default)]
    pub quantize: Option<QuantBits>,
    /// What changes the DiT.
    #[serde(default)]
    pub loras: Vec<Lora>,
    /// What is done so that memory suffices.
    #[serde(default)]
    pub thrift: MemoryOptions,
    /// The most memory that the job may use, in bytes.
    #[serde(default)]
    pub memory_limit: Option<u64>,
    /// How well the video is encoded.
    #[serde(default)]
    pub quality: Quality,
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
    pub fit: PictureFit,
    /// The area in pixels that [`PictureFit::Picture`] filled.
    pub max_area: Option<u64>,
    /// Which part of it stays.
    #[serde(default)]
    pub anchor: CropAnchor,
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

impl Plan {
    /// Fills in what the model recommends and checks what the request says.
    ///
    /// `found` is what the request's pictures and videos tell of themselves; `seed` is used when the
    /// request has none.
    ///
    /// # Errors
    /// The first field that cannot work, with what would.
    pub fn new(
        request: &Request,
        checkpoint: Checkpoint,
        found: impl Into<Found>,
        seed: u64,
        output: PathBuf,
    ) -> Result<Self, Refusal> {
        let Found { picture, video } = found.into();
        let defaults = checkpoint.defaults.clone();
        check_pictures(request, checkpoint.variant)?;
        request.guides.check(checkpoint.variant)?;
        let led = picture.or(video.map(|video| video.size));
        let size = video_size(request, &checkpoint, led)?;
        let fps = check_fps(request.fps.unwrap_or(defaults.fps))?;
        let own = video.map(|video| video.length(fps).min(defaults.frames));
        let frames = request.frames.or(own).unwrap_or(defaults.frames);
        check_frames(frames, checkpoint.variant)?;
        Guides::check_length(video.as_ref(), checkpoint.variant, (frames, fps))?;
        check_last_frame(request, frames, checkpoint.variant)?;
        let shift = request.shift.unwrap_or_else(|| checkpoint.shift_for(size));
        let steps = request.steps.unwrap_or(defaults.steps);
        if request.prompt.trim().is_empty() {
            return refuse(
                Field::Prompt,
                "The prompt is empty: say what the video should show",
            );
        }
        check_steps(steps)?;
        check_shift(shift)?;
        check_guidance(request, &checkpoint)?;
        check_loras(&request.loras, &checkpoint)?;
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
            last_anchor: request.last_anchor,
            guides: request.guides.clone(),
            size,
            frames,
            fps,
            steps,
            sampler: request.sampler.unwrap_or(defaults.sampler),
            guidance: request.guidance.unwrap_or(defaults.guidance),
            shift,
            seed: request.seed.unwrap_or(seed),
            precision: request.precision,
            vae_precision: request.vae_precision,
            quantize: request.quantize,
            loras: request.loras.clone(),
            thrift: MemoryOptions::default(),
            memory_limit: request.memory_limit,
            quality: request.quality,
            noise: request.noise.clone(),
            save_latents: request.save_latents.clone(),
            save_frames: request.save_frames.clone(),
            output,
            checkpoint,
        })
    }

    /// Checks the numbers again, after a way on which anything can have happened to them.
    ///
    /// # Errors
    /// The first number that cannot work, with what would.
    pub fn check(&self) -> Result<(), Refusal> {
        let variant = self.checkpoint.variant;
        exactly(self.size, variant.alignment())?;
        check_frames(self.frames, variant)?;
        check_fps(self.fps)?;
        check_steps(self.steps)?;
        check_shift(self.shift)
    }

    /// The axes of the latents of this video.
    pub fn latent_shape(&self) -> LatentShape {
        let variant = self.checkpoint.variant;
        let own = variant.latent_shape(self.size, self.frames);
        LatentShape {
            frames: own.frames + self.guides.leading(variant).cast_signed(),
            ..own
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

    /// The tokens of a reference picture before those of the video.
    pub fn leading_tokens(&self) -> u64 {
        let frames = self.latent_shape().frames;
        let in_frame = self.tokens() / u64::from(frames.unsigned_abs()).max(1);
        if self.checkpoint.variant.inputs().leads {
            in_frame
        } else {
            0
        }
    }

    /// Whether the two passes of guidance run as one batch.
    pub fn batches_guidance(&self) -> bool {
        !self.thrift.guidance_in_turn && 2 * self.tokens() <= BATCHED_ROWS
    }
}

fn first_frame(request: &Request, defaults: &Defaults) -> Option<Picture> {
    request.image.clone().map(|path| Picture {
        path,
        fit: request.fit,
        max_area: (request.fit == PictureFit::Picture).then(|| area(request, defaults)),
        anchor: request.anchor,
    })
}
