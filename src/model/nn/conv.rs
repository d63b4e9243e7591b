//! Convolutions over channels-last pictures and clips.

use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{addmm, concatenate, conv2d, conv3d, matmul, pad};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Device, DeviceType};

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
    kernel: Kernel,
    bias: Array, // (out)
    time: i32,
    time_stride: i32,
    side: i32,
}

/// The same weights, arranged for the fastest way to use them.
enum Kernel {
    /// (out, time, height, width, in), for MLX's own convolution.
    Whole(Array),
    /// A matrix (width · in, out) for each frame and row that an output pixel sees.
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
        Ok(Self {
            kernel: Kernel::new(&weight, time_stride)?,
            bias: weights.tensor("bias", &[outputs])?,
            time,
            time_stride,
            side,
        })
    }

    /// How many frames each output frame sees.
    pub fn time(&self) -> i32 {
        self.time
    }

    /// (t, h, w, in) → (t′, h, w, out)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let y = match &self.kernel {
            Kernel::Whole(weight) => self.whole(x, weight)?,
            Kernel::Rows(rows) => self.by_rows(x, rows)?,
        };
        Ok(y.add(&self.bias)?)
    }

    fn whole(&self, x: &Array, weight: &Array) -> Result<Array> {
        let padding = (0, self.side / 2, self.side / 2);
        let stride = (self.time_stride, 1, 1);
        let y = conv3d(x.expand_dims(0)?, weight, stride, padding, None, None)?;
        Ok(y.squeeze_axes(&[0])?)
    }

    /// A sum of products, one for each frame and row of the kernel. Only the neighbours in a row
    /// are copied next to each other; frames and rows are views.
    fn by_rows(&self, x: &Array, rows: &[Array]) -> Result<Array> {
        let (height, width) = (x.dim(1), x.dim(2));
        let frames = x.dim(0) - (self.time - 1);
        let reach = self.side / 2;
        let padded = pad(
            x,
            &[(0, 0), (reach, reach), (reach, reach), (0, 0)],
            None,
            None,
        )?;
        let shifted = (0..self.side).map(|shift| padded.try_index((.., .., shift..shift + width)));
        let unfolded = concatenate(&shifted.collect::<Result<Vec<_>, _>>()?, 3)?;

        let mut sum: Option<Array> = None;
        for (i, matrix) in (0..).zip(rows) {
            let (frame, row) = (i / self.side, i % self.side);
            let view = unfolded.try_index((frame..frame + frames, row..row + height))?;
            let view = view.reshape(&[frames, height * width, -1])?;
            sum = Some(match sum {
                Some(sum) => addmm(&sum, &view, matrix, None, None)?,
                None => matmul(&view, matrix)?,
            });
        }
        let sum = sum.unwrap_or_else(|| Array::from_f32(0.0));
        Ok(sum.reshape(&[frames, height, width, -1])?)
    }
}

impl Kernel {
    /// From (out, in, time, height, width).
    ///
    /// On the CPU, MLX copies every input pixel once for each weight that sees it before it
    /// multiplies; row by row that is nine times less, and about twice as fast.
    fn new(weight: &Array, time_stride: i32) -> Result<Self> {
        let on_cpu = matches!(Device::try_default()?.get_type()?, DeviceType::Cpu);
        if !on_cpu || time_stride != 1 {
            let whole = weight.transpose_axes(&[0, 2, 3, 4, 1])?.contiguous()?;
            whole.eval()?;
            return Ok(Self::Whole(whole));
        }
        let (outputs, time, height) = (weight.dim(0), weight.dim(2), weight.dim(3));
        let rows = weight
            .transpose_axes(&[2, 3, 4, 1, 0])?
            .reshape(&[time * height, -1, outputs])?
            .split_equal(time * height, 0)?;
        let rows = rows
            .iter()
            .map(|row| Ok(row.squeeze_axes(&[0])?.contiguous()?));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        eval(&rows)?;
        Ok(Self::Rows(rows))
    }
}
