//! Convolutions over channels-last pictures and clips.

use mlx_rs::Array;
use mlx_rs::ops::{conv2d, conv3d};

use crate::Result;
use crate::weights::Weights;

/// A convolution over (pictures, height, width, channels).
pub struct Conv2d {
    weight: Array, // (out, height, width, in)
    bias: Array,   // (out)
    stride: i32,
    padding: i32,
}

impl Conv2d {
    /// Reads `name` with a square `kernel`.
    pub fn load(
        weights: &Weights,
        name: &str,
        (inputs, outputs): (i32, i32),
        kernel: i32,
        (stride, padding): (i32, i32),
    ) -> Result<Self> {
        let weights = weights.at(name);
        let weight = weights.tensor("weight", &[outputs, inputs, kernel, kernel])?;
        let weight = weight.transpose_axes(&[0, 2, 3, 1])?.contiguous()?;
        weight.eval()?;
        Ok(Self {
            weight,
            bias: weights.tensor("bias", &[outputs])?,
            stride,
            padding,
        })
    }

    /// (n, h, w, in) → (n, h′, w′, out)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let stride = (self.stride, self.stride);
        let padding = (self.padding, self.padding);
        let y = conv2d(x, &self.weight, stride, padding, None, None)?;
        Ok(y.add(&self.bias)?)
    }
}

/// A convolution over (frames, height, width, channels) that pads nothing in time: causal layers
/// put the past in front themselves.
pub struct Conv3d {
    weight: Array, // (out, time, height, width, in)
    bias: Array,   // (out)
    time_stride: i32,
    padding: i32,
}

impl Conv3d {
    /// Reads `name` with a kernel of (time, height, width); in space it keeps the size.
    pub fn load(
        weights: &Weights,
        name: &str,
        (inputs, outputs): (i32, i32),
        kernel: (i32, i32),
        time_stride: i32,
    ) -> Result<Self> {
        let weights = weights.at(name);
        let (time, side) = kernel;
        let weight = weights.tensor("weight", &[outputs, inputs, time, side, side])?;
        let weight = weight.transpose_axes(&[0, 2, 3, 4, 1])?.contiguous()?;
        weight.eval()?;
        Ok(Self {
            weight,
            bias: weights.tensor("bias", &[outputs])?,
            time_stride,
            padding: side / 2,
        })
    }

    /// How many frames each output frame sees.
    pub fn time(&self) -> i32 {
        self.weight.dim(1)
    }

    /// (t, h, w, in) → (t′, h, w, out)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let y = conv3d(
            x.expand_dims(0)?,
            &self.weight,
            (self.time_stride, 1, 1),
            (0, self.padding, self.padding),
            None,
            None,
        )?;
        Ok(y.squeeze_axes(&[0])?.add(&self.bias)?)
    }
}
