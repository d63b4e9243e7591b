//! Halving and doubling of a clip in space and time.
//!
//! Wan2.2 `wan/modules/vae2_2.py`, `Resample`.

use mlx_rs::Array;

use super::{Cache, CausalConv, Strip};
use crate::Result;
use crate::model::nn::{Conv3d, Downsample2x, Upsample2x};
use crate::weights::Weights;

/// Halves height and width, and in time every chunk but the first.
pub struct Downsample {
    space: Downsample2x,
    time: Option<Conv3d>,
}

impl Downsample {
    /// Reads the layer; `in_time` tells whether it halves time too.
    pub fn load(weights: &Weights, channels: i32, in_time: bool) -> Result<Self> {
        let same = (channels, channels);
        let time = || Conv3d::load(weights, "time_conv", same, (3, 1), 2);
        Ok(Self {
            space: Downsample2x::load(weights, "resample.1", channels)?,
            time: in_time.then(time).transpose()?,
        })
    }

    /// Whether it makes one frame of two.
    pub fn halves_time(&self) -> bool {
        self.time.is_some()
    }

    /// (t, h, w, c) → (t or t/2, h/2, w/2, c)
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let x = self.space.forward(x)?;
        let Some(time) = &self.time else {
            return Ok(x);
        };
        let first = cache.is_first_chunk();
        let extended = cache.extend(&x, 1)?;
        if first {
            Ok(x)
        } else {
            time.forward(&extended)
        }
    }
}

/// Doubles height and width, and in time every chunk but the first.
pub struct Upsample {
    space: Upsample2x,
    time: Option<CausalConv>,
}

impl Upsample {
    /// Reads the layer, which goes from `inputs` to `outputs` channels in space; `in_time` tells
    /// whether it doubles time too.
    pub fn load(weights: &Weights, (inputs, outputs): (i32, i32), in_time: bool) -> Result<Self> {
        let time = || CausalConv::load_in_time(weights, "time_conv", (inputs, 2 * inputs));
        Ok(Self {
            space: Upsample2x::load(weights, "resample.1", (inputs, outputs))?,
            time: in_time.then(time).transpose()?,
        })
    }

    /// (t, h, w, c) → (t or 2t, 2h, 2w, c)
    ///
    /// The first latent frame becomes one frame. For the second, the convolution in time sees
    /// zeros as its past, not the first: that is how the weights were trained.
    pub fn forward(&self, x: &Array, cache: &mut Cache) -> Result<Array> {
        let x = match &self.time {
            None => x.clone(),
            Some(_) if cache.is_first_chunk() => {
                cache.skip();
                x.clone()
            }
            Some(time) => interleave(&time.forward(x, cache)?)?,
        };
        match cache.strip() {
            None => self.space.forward(&x),
            Some(strip) => {
                // A column beside the strip becomes two.
                let made = self.space.forward(&strip.with_edges(&x)?)?;
                Strip::without_edges(&made, 2)
            }
        }
    }
}

/// (t, h, w, 2c) → (2t, h, w, c): each half of the channels is a frame.
fn interleave(x: &Array) -> Result<Array> {
    let (frames, height, width, channels) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3) / 2);
    Ok(x.reshape(&[frames, height, width, 2, channels])?
        .transpose_axes(&[0, 3, 1, 2, 4])?
        .reshape(&[2 * frames, height, width, channels])?)
}
