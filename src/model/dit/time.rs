//! How noisy each token is, as a vector.

use mlx_rs::Array;

use super::{Grid, Modulation};
use crate::Result;
use crate::model::nn::silu;
use crate::weights::{Linear, Weights};

/// The longest wave's period is 2π times this.
const BASE: f64 = 10_000.0;
/// Shift, scale and gate, for self-attention and for the feed-forward layer.
pub(super) const VECTORS: i32 = 6;

/// The timestep of every token: all alike, or zero for those of a clean first frame.
///
/// The official code embeds a timestep for each token; there are never more than two distinct
/// ones, and two are embedded here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timesteps {
    /// Of the noisy tokens, 0 to 1000.
    pub noisy: f64,
    /// Whether the first latent frame is clean: given, not to be denoised.
    pub clean_first_frame: bool,
}

/// Wan2.2 `wan/modules/model.py`, `time_embedding` and `time_projection`; in float32 throughout.
pub struct TimeEmbedding {
    frequencies: i32,
    embed: [Linear; 2],
    project: Linear,
}

impl TimeEmbedding {
    /// Reads the layers.
    pub(super) fn load(weights: &Weights, dim: i32) -> Result<Self> {
        let embedding = weights.at("time_embedding");
        let frequencies = embedding.side("0.weight", 1)?;
        Ok(Self {
            frequencies,
            embed: [
                embedding.affine("0", frequencies, dim)?,
                embedding.affine("2", dim, dim)?,
            ],
            project: weights.affine("time_projection.1", dim, VECTORS * dim)?,
        })
    }

    /// The embedding that the head uses, (distinct timesteps, 1, dim), and the six vectors that
    /// the blocks use, (distinct timesteps, 6, dim).
    pub fn forward(&self, timesteps: &Timesteps, grid: Grid) -> Result<(Modulation, Modulation)> {
        let (values, clean): (&[f64], _) = if timesteps.clean_first_frame {
            (&[0.0, timesteps.noisy], Some(grid.first_frame()?))
        } else {
            (&[timesteps.noisy], None)
        };
        let waves = sinusoidal(values, self.frequencies);
        let embedding = self.embed[1].forward(&silu(&self.embed[0].forward(&waves)?)?)?;
        let projected = self.project.forward(&silu(&embedding)?)?;
        let distinct = embedding.dim(0);
        let dim = embedding.dim(1);
        Ok((
            Modulation::new(embedding.reshape(&[distinct, 1, dim])?, clean.clone()),
            Modulation::new(projected.reshape(&[distinct, VECTORS, dim])?, clean),
        ))
    }
}

/// (timesteps) → (timesteps, width), cosines first; computed in float64 and rounded once.
///
/// Wan2.2 `wan/modules/model.py`, `sinusoidal_embedding_1d`.
pub fn sinusoidal(timesteps: &[f64], width: i32) -> Array {
    let half = width / 2;
    let mut waves = Vec::new();
    for &timestep in timesteps {
        let angles = (0..half).map(|i| timestep * BASE.powf(-f64::from(i) / f64::from(half)));
        let (cosines, sines): (Vec<f32>, Vec<f32>) = angles
            .map(|angle| (angle.cos() as f32, angle.sin() as f32))
            .unzip();
        waves.extend(cosines);
        waves.extend(sines);
    }
    Array::from_slice(&waves, &[timesteps.len() as i32, width])
}
