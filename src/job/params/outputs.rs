//! What is written besides the video, and how well that is encoded.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::job::Quality;

/// What is written besides the video, and how well that is encoded. What is asked for is what is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[command(next_help_heading = "Output")]
#[serde(default)]
pub struct Outputs {
    /// Quality of the encoded video
    #[arg(long, value_name = Quality::USAGE, default_value_t)]
    pub quality: Quality,

    /// Also save the final latents: tensor "latents", (channels, frames, height, width)
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_latents: Option<PathBuf>,

    /// Also save the frames: tensor "frames", (3, frames, height, width), in [-1, 1]
    #[arg(long, value_name = "FILE.safetensors")]
    pub save_frames: Option<PathBuf>,
}

impl Outputs {
    /// Every file that is written.
    pub(in crate::job) fn files_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let Self {
            quality: _,
            save_latents,
            save_frames,
        } = self;
        save_latents.iter_mut().chain(save_frames)
    }
}
