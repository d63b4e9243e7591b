//! Packs a model's DiT, tells what that does to its velocity, and keeps it where that is asked for.

mod packed_file;

use mlx_rs::ops::sqrt;
use mlx_rs::{Array, memory};

use super::experts::{compute_dtype, packing};
use super::{Outcome, REUSED_BYTES, Reporter, text_embeds};
use crate::job::{Expert, Loss, Network, Precision, Quantizing, Stage};
use crate::model::dit::{self, Dit, Grid, Timesteps};
use crate::sampler;
use crate::weights::Weights;
use crate::{Error, Result};

/// What the velocity is compared for: any sentence that a model knows something to make of.
const PROMPT: &str = "A cat walks on the grass, realistic style";
/// Latent frames, rows and columns: enough that attention has something to choose from.
const LATENTS: [i32; 3] = [3, 32, 32];
const SEED: u64 = 0;

/// Packs every expert, and tells how far its velocity is from the original's once it is kept.
///
/// # Errors
/// A network cannot be read, computed or written; [`crate::Error::Cancelled`].
pub fn run(
    job: &Quantizing,
    reporter: &mut Reporter,
    mut on_packed: impl FnMut(Loss),
) -> Result<Outcome> {
    memory::set_cache_limit(REUSED_BYTES)?;
    memory::reset_peak_memory()?;
    let features = text_embeds::of_one(&job.checkpoint, PROMPT, reporter)?;
    for (expert, network) in job.checkpoint.experts() {
        let (weights, error) = measure(job, expert, network, &features, reporter)?;
        let file = job.file(expert);
        let bytes = file.map(|file| packed_file::write(&file, &weights, reporter));
        on_packed(Loss {
            expert: job.checkpoint.high_noise.as_ref().map(|_| expert),
            error,
            bytes: bytes.transpose()?,
        });
    }
    Ok(Outcome {
        info: None,
        peak_memory: memory::peak_memory()?,
    })
}

/// The weights as they are to be packed, and how far the velocity is with them.
fn measure(
    job: &Quantizing,
    expert: Expert,
    network: &Network,
    features: &Array,
    reporter: &mut Reporter,
) -> Result<(Weights, f64)> {
    let plain = Weights::open(&network.weights)?;
    let packed = plain.packed(packing(job.bits));
    let timestep = typical(job, expert);
    reporter.step(Stage::Load, 0, 2)?;
    let exact = velocity(&plain, network, features, timestep)?;
    reporter.step(Stage::Load, 1, 2)?;
    let near = velocity(&packed, network, features, timestep)?;
    reporter.step(Stage::Load, 2, 2)?;
    let size = |array: &Array| -> Result<f64> {
        let size = sqrt(array.square()?.mean(None)?)?;
        let size = size
            .try_item_exact::<f32>()
            .map_err(|error| Error::Other(format!("The velocities cannot be compared: {error}")))?;
        Ok(size.into())
    };
    let error = size(&near.subtract(&exact)?)? / size(&exact)?;
    Ok((packed, error))
}

/// A timestep in the middle of those that an expert is used for.
fn typical(job: &Quantizing, expert: Expert) -> f64 {
    let boundary = job.checkpoint.high_noise.as_ref().map(|high| high.boundary);
    500.0
        * match (expert, boundary) {
            (_, None) => 1.0,
            (Expert::HighNoise, Some(boundary)) => 1.0 + boundary,
            (Expert::LowNoise, Some(boundary)) => boundary,
        }
}

/// The velocity of noise, float32. The network is gone when it is there.
fn velocity(
    weights: &Weights,
    network: &Network,
    features: &Array,
    timestep: f64,
) -> Result<Array> {
    let config = dit::Config::of(network.config.as_deref(), weights)?;
    let dtype = compute_dtype(Precision::Auto, weights)?;
    let dit = weights.load(|weights| Dit::load(weights, &config, dtype))?;
    let channels = weights.shape("patch_embedding.weight")?[1];
    let [frames, height, width] = LATENTS;
    let latents = sampler::noise(SEED, &[channels, frames, height, width]);
    let timesteps = Timesteps {
        noisy: timestep,
        clean_first_frame: false,
    };
    let (prompts, rope) = (
        dit.encode_context(&[features])?,
        dit.rope(Grid::of(&latents))?,
    );
    let velocity = dit
        .forward(&latents, &timesteps, &prompts, &rope)?
        .remove(0);
    velocity.eval()?;
    drop(dit);
    memory::clear_cache()?;
    Ok(velocity)
}
