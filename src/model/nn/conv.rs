//! Convolutions over channels-last pictures and clips.

use mlx_rs::ops::indexing::{IntoStrideBy, TryIndexOp};
use mlx_rs::ops::{addmm, concatenate, conv2d, conv3d, pad};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::Backend;
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

/// How a convolution over space and time is computed. Each gives the same, but for rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formulation {
    /// MLX's own convolution over three axes.
    Volume,
    /// MLX's convolution over pictures, summed over the frames of the kernel.
    Pictures,
    /// Products of matrices, summed over the frames and rows of the kernel.
    Rows,
}

impl Formulation {
    /// The fastest one.
    ///
    /// Measured with MLX 0.32.2: on CUDA, conv3d takes 12–15 % less than conv2d frame by frame. On a
    /// processor it copies every input once for each weight that sees it, and products by rows take
    /// a third to four fifths of its time at 16 to 1024 channels, but half-precision products have
    /// no fast kernel there. Metal's conv3d is reported to take 2 to 5 times as long as conv2d
    /// (ml-explore/mlx 3625, 3785).
    pub fn fastest(backend: Backend, dtype: Dtype) -> Self {
        match backend {
            Backend::Cpu if dtype == Dtype::Float32 => Self::Rows,
            Backend::Metal => Self::Pictures,
            Backend::Cpu | Backend::Cuda => Self::Volume,
        }
    }
}

/// A convolution over (frames, height, width, channels) that pads nothing in time: causal layers
/// put the past in front themselves.
pub struct Conv3d {
    kernel: Kernel,
    bias: Array, // (out)
    time: i32,
    time_stride: i32,
    side: i32,
}

/// The same weights, arranged for the way to use them.
enum Kernel {
    /// (out, time, height, width, in)
    Volume(Array),
    /// (out, height, width, in) for each frame.
    Pictures(Vec<Array>),
    /// (width · in, out) for each frame and row.
    Rows(Vec<Array>),
}

impl Conv3d {
    /// Reads `name` with a kernel of (time, height, width); in space it keeps the size.
    pub fn load(
        weights: &Weights,
        name: &str,
        (inputs, outputs): (i32, i32),
        (time, side): (i32, i32),
        time_stride: i32,
    ) -> Result<Self> {
        let weights = weights.at(name);
        let weight = weights.tensor("weight", &[outputs, inputs, time, side, side])?;
        let bias = weights.tensor("bias", &[outputs])?;
        let formulation = Formulation::fastest(Backend::current()?, weight.dtype());
        Self::new(&weight, bias, time_stride, formulation)
    }

    /// From a weight (out, in, time, side, side) and a bias (out).
    pub fn new(
        weight: &Array,
        bias: Array,
        time_stride: i32,
        formulation: Formulation,
    ) -> Result<Self> {
        Ok(Self {
            kernel: Kernel::new(weight, formulation)?,
            bias,
            time: weight.dim(2),
            time_stride,
            side: weight.dim(4),
        })
    }

    /// How many frames each output frame sees.
    pub fn time(&self) -> i32 {
        self.time
    }

    /// (t, h, w, in) → (t′, h, w, out)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        match &self.kernel {
            Kernel::Volume(weight) => self.by_volume(x, weight),
            Kernel::Pictures(weights) => self.by_pictures(x, weights),
            Kernel::Rows(matrices) => self.by_rows(x, matrices),
        }
    }

    fn by_volume(&self, x: &Array, weight: &Array) -> Result<Array> {
        let padding = (0, self.side / 2, self.side / 2);
        let stride = (self.time_stride, 1, 1);
        let y = conv3d(x.expand_dims(0)?, weight, stride, padding, None, None)?;
        Ok(y.squeeze_axes(&[0])?.add(&self.bias)?)
    }

    fn by_pictures(&self, x: &Array, weights: &[Array]) -> Result<Array> {
        let padding = (self.side / 2, self.side / 2);
        let mut sum = self.bias.clone();
        for (frame, weight) in (0..).zip(weights) {
            let y = conv2d(self.seen(x, frame)?, weight, (1, 1), padding, None, None)?;
            sum = y.add(&sum)?;
        }
        Ok(sum)
    }

    /// Only the neighbours in a row are copied next to each other; frames and rows are views.
    fn by_rows(&self, x: &Array, matrices: &[Array]) -> Result<Array> {
        let (height, width) = (x.dim(1), x.dim(2));
        let reach = self.side / 2;
        let padded = pad(
            x,
            &[(0, 0), (reach, reach), (reach, reach), (0, 0)],
            None,
            None,
        )?;
        let shifted = (0..self.side).map(|shift| padded.try_index((.., .., shift..shift + width)));
        let unfolded = concatenate(&shifted.collect::<Result<Vec<_>, _>>()?, 3)?;

        let mut sum = self.bias.clone();
        for (i, matrix) in (0..).zip(matrices) {
            let (frame, row) = (i / self.side, i % self.side);
            let view = self.seen(&unfolded, frame)?;
            let view = view.try_index((.., row..row + height))?;
            let view = view.reshape(&[view.dim(0), height * width, -1])?;
            sum = addmm(&sum, &view, matrix, None, None)?;
        }
        Ok(sum.reshape(&[sum.dim(0), height, width, -1])?)
    }

    /// The frames of `x` that frame `frame` of the kernel sees, one for each output frame.
    fn seen(&self, x: &Array, frame: i32) -> Result<Array> {
        let end = x.dim(0) - (self.time - 1) + frame;
        Ok(x.try_index((frame..end).stride_by(self.time_stride))?)
    }
}

impl Kernel {
    /// From (out, in, time, height, width).
    fn new(weight: &Array, formulation: Formulation) -> Result<Self> {
        let (outputs, time, height) = (weight.dim(0), weight.dim(2), weight.dim(3));
        Ok(match formulation {
            Formulation::Volume => {
                let whole = weight.transpose_axes(&[0, 2, 3, 4, 1])?.contiguous()?;
                whole.eval()?;
                Self::Volume(whole)
            }
            Formulation::Pictures => {
                Self::Pictures(parts(&weight.transpose_axes(&[2, 0, 3, 4, 1])?)?)
            }
            Formulation::Rows => Self::Rows(parts(
                &weight
                    .transpose_axes(&[2, 3, 4, 1, 0])?
                    .reshape(&[time * height, -1, outputs])?,
            )?),
        })
    }
}

/// The parts of `x` along its first axis, each on its own in memory.
fn parts(x: &Array) -> Result<Vec<Array>> {
    let parts = (0..x.dim(0)).map(|i| Ok(x.try_index(i)?.contiguous()?));
    let parts = parts.collect::<Result<Vec<_>>>()?;
    eval(&parts)?;
    Ok(parts)
}
