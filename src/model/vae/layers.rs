//! The layers that encoder and decoder are made of.

use mlx_rs::Array;
use mlx_rs::fast::rms_norm;
use mlx_rs::ops::indexing::TryIndexOp;

use super::{Cache, Strip};
use crate::Result;
use crate::model::nn::{self, Conv3d, silu};
use crate::weights::{Linear, Weights};

/// A convolution that sees the present and the past, never the future.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `CausalConv3d`.
pub struct CausalConv(Conv3d);

impl CausalConv {
    /// Reads `name` with a kernel of `side`³.
    pub fn load(weights: &Weights, name: &str, channels: (i32, i32), side: i32) -> Result<Self> {
        Conv3d::load(weights, name, channels, (side, side), 1).map(Self)
    }

    /// Reads `name`, which mixes three frames and no neighbours in space.
    pub fn load_in_time(weights: &Weights, name: &str, channels: (i32, i32)) -> Result<Self> {
        Conv3d::load(weights, name, channels, (3, 1), 1).map(Self)
    }

    /// (t, h, w, in) → (t, h, w, out)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let past = self.0.time() - 1;
        let Some(strip) = cache.strip().filter(|_| self.0.side() > 1) else {
            return self.0.forward(&cache.extend(x, past)?);
        };
        let seen = strip.with_edges(x)?;
        Strip::without_edges(&self.0.forward(&cache.extend(&seen, past)?)?, 1)
    }
}

/// Normalises each pixel's channels to a root mean square of one, times a learned gain.
///
/// The official `RMS_norm` is x / max(‖x‖, 1e-12) · √C · gamma; with the same floor under the sum
/// of squares, this is the same to within rounding, and a zero vector stays zero.
pub(super) struct RmsNorm(Array);

impl RmsNorm {
    /// Reads `name.gamma`, which the official code stores with an axis for each of `axes`.
    pub(super) fn load(weights: &Weights, name: &str, channels: i32, axes: usize) -> Result<Self> {
        let mut shape = vec![channels];
        shape.resize(1 + axes, 1);
        let gamma = weights.at(name).tensor("gamma", &shape)?;
        Ok(Self(gamma.reshape(&[channels])?))
    }

    pub(super) fn forward(&self, x: &Array) -> Result<Array> {
        let floor = 1e-24 / self.0.dim(0) as f32;
        Ok(rms_norm(x, Some(&self.0), floor)?)
    }
}

/// A norm, `SiLU` and a convolution, twice, around which the input is carried.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `ResidualBlock`.
pub struct Residual {
    norms: [RmsNorm; 2],
    convs: [CausalConv; 2],
    shortcut: Option<Linear>,
}

impl Residual {
    /// Reads the block; its input passes through a 1×1×1 convolution where the width changes.
    pub fn load(weights: &Weights, (inputs, outputs): (i32, i32)) -> Result<Self> {
        let branch = weights.at("residual");
        let shortcut = || pointwise(weights, "shortcut", (inputs, outputs), 3);
        Ok(Self {
            norms: [
                RmsNorm::load(&branch, "0", inputs, 3)?,
                RmsNorm::load(&branch, "3", outputs, 3)?,
            ],
            convs: [
                CausalConv::load(&branch, "2", (inputs, outputs), 3)?,
                CausalConv::load(&branch, "6", (outputs, outputs), 3)?,
            ],
            shortcut: (inputs != outputs).then(shortcut).transpose()?,
        })
    }

    /// (t, h, w, in) → (t, h, w, out)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let mut y = x.clone();
        for (norm, conv) in self.norms.iter().zip(&self.convs) {
            y = conv.forward(&silu(&norm.forward(&y)?)?, cache)?;
        }
        let carried = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x)?,
            None => x.clone(),
        };
        Ok(y.add(carried)?)
    }
}

/// Self-attention with one head among the pixels of each frame.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `AttentionBlock`.
pub struct Attention {
    norm: RmsNorm,
    to_qkv: Linear,
    proj: Linear,
}

impl Attention {
    /// Reads the block.
    pub fn load(weights: &Weights, channels: i32) -> Result<Self> {
        Ok(Self {
            norm: RmsNorm::load(weights, "norm", channels, 2)?,
            to_qkv: pointwise(weights, "to_qkv", (channels, 3 * channels), 2)?,
            proj: pointwise(weights, "proj", (channels, channels), 2)?,
        })
    }

    /// (t, h, w, c) → (t, h, w, c)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        self.forward_in(x, None)
    }

    /// The same for a strip of the frames, among the pixels of all strips.
    pub(super) fn forward_in(&self, x: &Array, strip: Option<&Strip>) -> Result<Array> {
        let (frames, height, width, channels) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3));
        let qkv = self.to_qkv.forward(&self.norm.forward(x)?)?;
        let flat = |x: &Array| x.reshape(&[frames, 1, height * x.dim(2), x.dim(3)]);
        let y = match strip {
            None => {
                let qkv = flat(&qkv)?.split_equal(3, -1)?;
                nn::attention(&qkv[0], &qkv[1], &qkv[2])?
            }
            Some(strip) => {
                let queries = qkv.try_index((.., .., .., ..channels))?;
                let others = strip.whole(&qkv.try_index((.., .., .., channels..))?)?;
                let others = flat(&others)?.split_equal(2, -1)?;
                nn::attention(&flat(&queries)?, &others[0], &others[1])?
            }
        };
        let y = y.reshape(&[frames, height, width, channels])?;
        Ok(x.add(self.proj.forward(&y)?)?)
    }
}

/// Reads a convolution whose kernel is a single pixel, stored with an axis for each of `axes`: a
/// product over the channels.
pub(super) fn pointwise(
    weights: &Weights,
    name: &str,
    (inputs, outputs): (i32, i32),
    axes: usize,
) -> Result<Linear> {
    let weights = weights.at(name);
    let mut shape = vec![outputs, inputs];
    shape.resize(2 + axes, 1);
    let weight = weights.tensor("weight", &shape)?;
    let bias = weights.tensor("bias", &[outputs])?;
    Ok(Linear::new(weight.reshape(&[outputs, inputs])?, Some(bias)))
}
