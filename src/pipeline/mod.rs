//! The recipe: from a plan to a video.
//!
//! Each stage loads its network, uses it and lets it go, so that memory is scope.

mod decode;
pub mod denoise;
mod experts;
mod features;
pub mod pictures;
mod reporter;
mod tensor_file;

pub use features::Features;
pub use reporter::Reporter;

use mlx_rs::memory;

use crate::Result;
use crate::job::{Plan, Variant};
use crate::model::vae;

/// What making a video took.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The most memory that MLX held at once, in bytes.
    pub peak_memory: usize,
}

/// Buffers that MLX may keep for reuse instead of returning them to the system.
const REUSED_BYTES: usize = 1 << 30;

/// Makes the video of `plan` and writes it under its final name once it is whole.
///
/// # Errors
/// What stood in the way, as a sentence for the user; [`crate::Error::Cancelled`] when `reporter`
/// was told to stop.
pub fn generate(plan: &Plan, reporter: &mut Reporter) -> Result<Outcome> {
    memory::set_cache_limit(REUSED_BYTES)?;
    memory::reset_peak_memory()?;

    let features = features::read(plan, reporter)?;
    let given = pictures::encode(plan, reporter)?;
    let latents = denoise::run(plan, &features, &given, reporter)?;
    decode::write(plan, &latents, reporter)?;

    Ok(Outcome {
        peak_memory: memory::peak_memory()?,
    })
}

/// The VAE of a family.
fn vae_kind(variant: Variant) -> vae::Kind {
    match variant {
        Variant::T2v | Variant::T2vA14b | Variant::I2vA14b => vae::Kind::V21,
        Variant::Ti2v => vae::Kind::V22,
    }
}
