//! The words that ask for a fast video.

use clap::Args;

use crate::catalog;
use crate::error::Result;
use crate::job::{Checkpoint, Decode, Request, Speed, speed};

/// What is asked for in one word.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Speed")]
pub struct SpeedArgs {
    /// Trade quality for speed with what is installed for the model: a step cache, few-step LoRAs, a tiny VAE
    #[arg(long, value_name = "exact|balanced|fast", default_value_t)]
    pub speed: Speed,

    /// Preview the idea at half the size and half the frames
    #[arg(long)]
    pub draft: bool,
}

impl SpeedArgs {
    /// Fills in what makes the video of this request fast, as these words and the files say it. Tells what that is, a line
    /// each.
    ///
    /// # Errors
    /// A file cannot be read, or one that is needed is not there.
    pub fn prepare(self, request: &mut Request, model: &Checkpoint) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        if self.draft {
            lines.push(speed::halve(request, model));
        }
        lines.extend(catalog::speed::choose(self.speed, request, model)?);
        lines.extend(catalog::few_steps::prepare(request, model)?);
        let speedups = &mut request.speedups;
        if speedups.decode == Decode::Draft {
            match &speedups.tiny_vae {
                Some(file) => catalog::tiny_vae::check(file, model)?,
                None => speedups.tiny_vae = Some(catalog::tiny_vae::nearest(model)?),
            }
        }
        Ok(lines)
    }
}
