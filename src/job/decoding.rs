//! A *decoding* is the last part of a job on its own: latents that are there become a video.

use std::path::PathBuf;

use serde_json::json;

use super::checks::{check_fps, check_output};
use super::refusal::refuse;
use super::{Checkpoint, Field, LatentShape, Plan, Quality, Refusal, Settings, Size, VaePrecision};

/// Everything that a video is made from, besides its latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoding {
    /// The model whose VAE decodes.
    pub checkpoint: Checkpoint,
    /// The size of the video.
    pub size: Size,
    /// The number of frames.
    pub frames: u32,
    /// Frames a second.
    pub fps: u32,
    /// The type in which it is computed.
    pub precision: VaePrecision,
    /// Into how many tiles each side of the picture is cut.
    pub tiles: u32,
    /// The most memory that the job may use, in bytes.
    pub memory_limit: Option<u64>,
    /// How well the video is encoded.
    pub quality: Quality,
    /// What the video says about itself, as JSON.
    pub settings: String,
    /// Where to keep the decoded frames as floats.
    pub save_frames: Option<PathBuf>,
    /// The video.
    pub output: PathBuf,
}

impl Plan {
    /// The end of this plan.
    pub fn decoding(&self) -> Decoding {
        Decoding {
            checkpoint: self.checkpoint.clone(),
            size: self.size,
            frames: self.frames,
            fps: self.fps,
            precision: self.vae_precision,
            tiles: self.thrift.tiles,
            memory_limit: self.memory_limit,
            quality: self.quality,
            settings: self.settings_json(),
            save_frames: self.save_frames.clone(),
            output: self.output.clone(),
        }
    }
}

impl Decoding {
    /// Of latents of this shape, which `settings` led to, if that is known. Where `fps` and
    /// `precision` are not given, they are those of the settings, or else the model's and float32.
    ///
    /// # Errors
    /// What cannot work, with what would.
    pub fn new(
        checkpoint: Checkpoint,
        shape: LatentShape,
        settings: Option<Settings>,
        fps: Option<u32>,
        precision: Option<VaePrecision>,
        output: PathBuf,
    ) -> Result<Self, Refusal> {
        // References stand before the video's own frames.
        let leading = settings.as_ref();
        let leading = leading.map_or(0, |told| told.guides.leading(checkpoint.variant));
        let shape = LatentShape {
            frames: shape.frames - leading.cast_signed().min(shape.frames - 1),
            ..shape
        };
        let (size, frames) = video(&checkpoint, shape)?;
        let told = settings.as_ref().map(|settings| settings.fps);
        let fps = check_fps(fps.or(told).unwrap_or(checkpoint.defaults.fps))?;
        let told = settings.as_ref().map(|settings| settings.vae_precision);
        let precision = precision.or(told).unwrap_or_default();
        check_output(&output)?;
        let settings = match settings {
            Some(settings) => Settings {
                size,
                frames,
                fps,
                vae_precision: precision,
                ..settings
            }
            .to_json(),
            None => little(&checkpoint, size, frames, fps),
        };
        Ok(Self {
            checkpoint,
            size,
            frames,
            fps,
            precision,
            tiles: 1,
            memory_limit: None,
            quality: Quality::default(),
            settings,
            save_frames: None,
            output,
        })
    }

    /// Changes the type in which it is computed, and what the video says of that.
    pub(super) fn compute_in(&mut self, precision: VaePrecision) {
        self.precision = precision;
        if let Ok(settings) = Settings::from_json(&self.settings) {
            self.settings = Settings {
                vae_precision: precision,
                ..settings
            }
            .to_json();
        }
    }
}

/// The size and the number of frames that latents of this shape decode to.
fn video(checkpoint: &Checkpoint, shape: LatentShape) -> Result<(Size, u32), Refusal> {
    let variant = checkpoint.variant;
    let axis = |length: i32| u32::try_from(length).unwrap_or(0);
    if axis(shape.channels) != variant.latent_channels() {
        return refuse(
            Field::Size,
            format!(
                "These latents have {} channels, but those of {} have {}: give the folder of the model that made them",
                shape.channels,
                checkpoint.name,
                variant.latent_channels()
            ),
        );
    }
    let (time, height, width) = variant.vae_stride();
    let pixels = |length: i32, stride: u32| axis(length).saturating_mul(stride);
    let size = Size::new(pixels(shape.width, width), pixels(shape.height, height));
    Ok((size, pixels(shape.frames - 1, time).saturating_add(1)))
}

/// What can be said of a video when nothing is known of its making.
fn little(checkpoint: &Checkpoint, size: Size, frames: u32, fps: u32) -> String {
    json!({
        "program": "Zoetrope",
        "version": env!("CARGO_PKG_VERSION"),
        "model": checkpoint.name,
        "variant": checkpoint.variant,
        "size": size,
        "frames": frames,
        "fps": fps,
    })
    .to_string()
}
