//! Convolutions over space and time.

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{addmm, concatenate, conv3d, pad};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::backend::Backend;
use crate::model::nn::{EvalPacer, convolve};
use crate::weights::Weights;

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
            Backend::Cpu | Backend::Cuda => Self::Volume,
            Backend::Metal => Self::Pictures,
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

    /// How many rows and columns of pixels each output pixel sees.
    pub fn side(&self) -> i32 {
        self.side
    }

    /// How many frames each output frame sees.
    pub fn time(&self) -> i32 {
        self.time
    }

    /// The pieces of a clip, (t, h, w, in) each → (t′, h, w, out)
    pub fn forward(&self, clip: &[Array]) -> Result<Array> {
        match &self.kernel {
            Kernel::Volume(weight) => self.by_volume(clip, weight),
            Kernel::Pictures(weights) => self.by_pictures(&frames(clip)?, weights),
            Kernel::Rows(matrices) => self.by_rows(&frames(clip)?, matrices),
        }
    }

    fn by_volume(&self, clip: &[Array], weight: &Array) -> Result<Array> {
        let x = concatenate(clip, 0)?.expand_dims(0)?;
        let padding = (0, self.side / 2, self.side / 2);
        let stride = (self.time_stride, 1, 1);
        let y = conv3d(x, weight, stride, padding, None, None)?;
        Ok(y.squeeze_axes(&[0])?.add(&self.bias)?)
    }

    fn by_pictures(&self, frames: &[Array], weights: &[Array]) -> Result<Array> {
        let mut pace = EvalPacer::steady();
        let mut sum = self.bias.clone();
        for (frame, weight) in weights.iter().enumerate() {
            let x = self.seen(frames, frame)?;
            sum = convolve(&x, weight, &mut pace)?.add(&sum)?;
            // Otherwise what Winograd needs besides would be there for every frame of the kernel at once.
            pace.start(&sum)?;
        }
        Ok(sum)
    }

    /// Only the neighbours in a row are copied next to each other; rows are views.
    fn by_rows(&self, frames: &[Array], matrices: &[Array]) -> Result<Array> {
        let (height, width) = (frames[0].dim(1), frames[0].dim(2));
        let mut sum = self.bias.clone();
        for (frame, matrices) in matrices.chunks(self.side as usize).enumerate() {
            let unfolded = self.unfold(&self.seen(frames, frame)?)?;
            for (row, matrix) in (0..).zip(matrices) {
                let view = unfolded.try_index((.., row..row + height))?;
                let view = view.reshape(&[view.dim(0), height * width, -1])?;
                sum = addmm(&sum, &view, matrix, None, None)?;
            }
        }
        Ok(sum.reshape(&[sum.dim(0), height, width, -1])?)
    }

    /// (t, h, w, in) → (t, h + side − 1, w, side · in): each pixel beside its neighbours in the row.
    fn unfold(&self, x: &Array) -> Result<Array> {
        let reach = self.side / 2;
        if reach == 0 {
            return Ok(x.clone());
        }
        let around = [(0, 0), (reach, reach), (reach, reach), (0, 0)];
        let padded = pad(x, &around, None, None)?;
        let width = x.dim(2);
        let shifted = (0..self.side).map(|shift| padded.try_index((.., .., shift..shift + width)));
        Ok(concatenate(&shifted.collect::<Result<Vec<_>, _>>()?, 3)?)
    }

    /// What frame `frame` of the kernel sees, a frame for each output frame.
    fn seen(&self, frames: &[Array], frame: usize) -> Result<Array> {
        let last = frames.len() + frame - self.time as usize;
        let seen: Vec<_> = frames[frame..=last]
            .iter()
            .step_by(self.time_stride as usize)
            .collect();
        match seen.as_slice() {
            [only] => Ok((*only).clone()),
            seen => Ok(concatenate(seen, 0)?),
        }
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

/// Each frame of a clip in pieces on its own, (1, h, w, c).
fn frames(clip: &[Array]) -> Result<Vec<Array>> {
    let mut frames = Vec::new();
    for piece in clip {
        frames.extend(piece.split_equal(piece.dim(0), 0)?);
    }
    Ok(frames)
}

/// The parts of `x` along its first axis, each on its own in memory.
fn parts(x: &Array) -> Result<Vec<Array>> {
    let parts = (0..x.dim(0)).map(|i| Ok(x.try_index(i)?.contiguous()?));
    let parts = parts.collect::<Result<Vec<_>>>()?;
    eval(&parts)?;
    Ok(parts)
}
