//! A *plan* is a request that can be carried out: every number filled in and checked, so that no
//! later stage comes back with a question.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::plain_text::is_blank;
use super::refusal::refuse;
use super::{
    Beside, Canvas, Checkpoint, Compute, Field, Found, Guides, Limits, MemoryOptions, Outputs,
    Refusal, Request, Sampling, Sources, Speedups, StepCache,
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
    /// Pictures, LoRAs and noise.
    #[serde(flatten)]
    pub sources: Sources,
    /// A video to follow or to change, and references.
    #[serde(flatten)]
    pub guides: Guides,
    /// Size and length.
    #[serde(flatten)]
    pub canvas: Canvas,
    /// How it is denoised.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// What makes it fast.
    #[serde(flatten)]
    pub speedups: Speedups,
    /// The types to compute in.
    #[serde(flatten)]
    pub compute: Compute,
    /// What is written besides, and how well.
    #[serde(flatten)]
    pub outputs: Outputs,
    /// What the job may take of the machine.
    #[serde(flatten)]
    pub limits: Limits,
    /// What is done so that memory suffices.
    #[serde(default)]
    pub thrift: MemoryOptions,
    /// The video.
    pub output: PathBuf,
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
        let found = found.into();
        let variant = checkpoint.variant;
        request.sources.check_first(variant)?;
        request.guides.check(variant)?;
        let canvas = request
            .canvas
            .resolve(&request.sources, &checkpoint, found)?;
        request.sources.check_pictures(variant, canvas.frames)?;
        if is_blank(&request.prompt) {
            return Err(Refusal::NoPrompt);
        }
        let sampling = request.sampling.resolve(&checkpoint, canvas.size, seed)?;
        request.sources.check_loras(&checkpoint)?;
        let speedups = request.speedups.resolved(&checkpoint, &sampling)?;
        check_output(&output)?;
        let defaults = &checkpoint.defaults;
        let area = request.canvas.area(&request.sources, defaults);
        Ok(Self {
            prompt: request.prompt.clone(),
            negative: request.negative.resolve(&defaults.negative_prompt),
            sources: request
                .sources
                .resolve(area, request.guides.video.is_some()),
            guides: request.guides.clone(),
            canvas,
            sampling,
            speedups,
            compute: request.compute,
            outputs: request.outputs.clone(),
            limits: request.limits,
            thrift: MemoryOptions::default(),
            output,
            checkpoint,
        })
    }

    /// Checks everything again, after a way on which anything can have happened to it.
    ///
    /// # Errors
    /// The first value that cannot work, with what would.
    pub fn check(&self) -> Result<(), Refusal> {
        let (checkpoint, variant) = (&self.checkpoint, self.checkpoint.variant);
        checkpoint.check()?;
        self.canvas.check(variant)?;
        self.guides.check(variant)?;
        self.sampling.check()?;
        self.speedups.check(&self.sampling)?;
        self.sampling.guidance.check(checkpoint)?;
        self.sources.check_first(variant)?;
        self.sources.check_pictures(variant, self.canvas.frames)?;
        self.sources.check_loras(checkpoint)?;
        self.thrift.check()
    }

    /// The axes of the latents of this video.
    pub fn latent_shape(&self) -> LatentShape {
        let Canvas { size, frames, .. } = self.canvas;
        let variant = self.checkpoint.variant;
        let own = variant.latent_shape(size, frames);
        LatentShape {
            frames: own.frames + self.guides.leading(variant).cast_signed(),
            ..own
        }
    }

    /// The latent frames that the VAE encodes of what is given, before the first step.
    pub fn encoded_frames(&self) -> u64 {
        let Self {
            sources, guides, ..
        } = self;
        let variant = self.checkpoint.variant;
        let inputs = variant.inputs();
        let own = variant.latent_shape(self.canvas.size, self.canvas.frames);
        let own = u64::from(own.frames.unsigned_abs());
        if inputs.chain {
            // What stays and what is made anew, and a frame for each reference.
            return 2 * own + guides.references.len() as u64;
        }
        let first = if inputs.beside.contains(&Beside::Frames) {
            own
        } else {
            1
        };
        let parts = [
            (sources.image.is_some() && inputs.first.is_possible(), first),
            (guides.video.is_some() && inputs.video.is_possible(), own),
            (inputs.leads && !guides.references.is_empty(), 1),
        ];
        let given = parts.iter().filter(|(is_given, _)| *is_given);
        given.map(|(_, frames)| frames).sum()
    }

    /// The pictures that an image encoder reads for cross-attention.
    pub fn seen_pictures(&self) -> u64 {
        let given = self.sources.image.iter().chain(&self.sources.last_image);
        let seen = self.checkpoint.variant.inputs().seen as usize;
        given.take(seen).count() as u64
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

    /// Whether the two passes of guidance run as one batch. MagCache may save one of them and not the other.
    pub fn batches_guidance(&self) -> bool {
        let apart = matches!(self.speedups.cache, StepCache::MagCache(_));
        !apart && !self.thrift.guidance_in_turn && 2 * self.tokens() <= BATCHED_ROWS
    }
}

/// Whether the video can have this name.
pub(super) fn check_output(output: &Path) -> Result<(), Refusal> {
    let shown = output.display();
    if output.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return refuse(
            Field::Output,
            format!("{shown} is the name of a folder: leave out the / at the end"),
        );
    }
    // It goes into the plan and the settings, which are text.
    if output.to_str().is_none() {
        return refuse(
            Field::Output,
            format!("{shown} is not written in UTF-8: choose another name"),
        );
    }
    let extension = output.extension().unwrap_or_default();
    if extension.eq_ignore_ascii_case("mp4") {
        return Ok(());
    }
    Err(Refusal::OutputName(output.to_owned()))
}
