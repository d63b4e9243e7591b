//! A *decoding* is the last part of a job on its own: latents that are there become a video.

use std::path::PathBuf;

use super::params::canvas::{check_fps, check_video};
use super::plan::check_output;
use super::{
    Canvas, Checkpoint, Decode, DecodedInfo, GenerationInfo, LatentShape, Limits, Origin, Plan,
    Quality, Refusal, Speedups, VaePrecision, VideoInfo,
};

/// Everything that a video is made from, besides its latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoding {
    /// The model whose VAE decodes.
    pub checkpoint: Checkpoint,
    /// The file of the tiny VAE that decodes instead, for a draft.
    pub tiny_vae: Option<PathBuf>,
    /// The size and the length of the video.
    pub canvas: Canvas,
    /// The type in which it is computed.
    pub precision: VaePrecision,
    /// Into how many tiles each side of the picture is cut.
    pub tiles: u32,
    /// What the job may take of the machine.
    pub limits: Limits,
    /// How well the video is encoded.
    pub quality: Quality,
    /// What the video says about itself.
    pub info: VideoInfo,
    /// Where to keep the decoded frames as floats.
    pub save_frames: Option<PathBuf>,
    /// The video.
    pub output: PathBuf,
}

impl Plan {
    /// The end of this plan, whose denoising `info` tells.
    pub fn decoding(&self, info: GenerationInfo) -> Decoding {
        Decoding {
            checkpoint: self.checkpoint.clone(),
            tiny_vae: self.speedups.draft().cloned(),
            canvas: self.canvas,
            precision: self.compute.vae_precision,
            tiles: self.thrift.tiles,
            limits: self.limits,
            quality: self.outputs.quality,
            info: VideoInfo::Generated(Box::new(info)),
            save_frames: self.outputs.save_frames.clone(),
            output: self.output.clone(),
        }
    }
}

impl Decoding {
    /// Of latents of this shape, which `info` led to, if that is known. Where `fps` and `precision` are not
    /// given, they are those of the info, or else the model's and float32.
    ///
    /// # Errors
    /// What cannot work, with what would.
    pub fn new(
        checkpoint: Checkpoint,
        shape: LatentShape,
        info: Option<GenerationInfo>,
        fps: Option<u32>,
        precision: Option<VaePrecision>,
        output: PathBuf,
    ) -> Result<Self, Refusal> {
        check_channels(&checkpoint, shape)?;
        let told = info.as_ref();
        // References stand before the video's own frames.
        let leading = told.map_or(0, |info| info.guides.leading(checkpoint.variant));
        let shape = LatentShape {
            frames: shape.frames - leading.cast_signed().min(shape.frames - 1),
            ..shape
        };
        let fps = fps.or(told.map(|info| info.canvas.fps));
        let fps = fps.unwrap_or(checkpoint.defaults.fps);
        check_fps(fps)?;
        let precision = precision.or(told.map(|info| info.compute.vae_precision));
        check_output(&output)?;
        let canvas = Canvas::of_latents(shape, checkpoint.variant, fps);
        check_video(canvas.size)?;
        let info = match info {
            Some(info) => {
                let speedups = Speedups {
                    decode: Decode::Full,
                    tiny_vae: None,
                    ..info.speedups
                };
                VideoInfo::Generated(Box::new(GenerationInfo {
                    canvas,
                    speedups,
                    ..info
                }))
            }
            None => VideoInfo::Decoded(DecodedInfo {
                origin: Origin::of(&checkpoint),
                canvas,
            }),
        };
        let mut decoding = Self {
            checkpoint,
            tiny_vae: None,
            canvas,
            precision: VaePrecision::default(),
            tiles: 1,
            limits: Limits::default(),
            quality: Quality::default(),
            info,
            save_frames: None,
            output,
        };
        decoding.compute_in(precision.unwrap_or_default());
        Ok(decoding)
    }

    /// Changes the type in which it is computed, and what the video says of that.
    pub fn compute_in(&mut self, precision: VaePrecision) {
        self.precision = precision;
        if let VideoInfo::Generated(info) = &mut self.info {
            info.compute.vae_precision = precision;
        }
    }
}

/// Whether the model has made latents of this shape.
fn check_channels(checkpoint: &Checkpoint, shape: LatentShape) -> Result<(), Refusal> {
    let channels = checkpoint.variant.latent_channels();
    if u32::try_from(shape.channels) == Ok(channels) {
        return Ok(());
    }
    Err(Refusal::OtherLatents {
        channels: shape.channels,
        model: checkpoint.name.clone(),
        expected: channels,
    })
}
