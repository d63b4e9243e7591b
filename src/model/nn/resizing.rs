//! Convolutions that halve and that double pictures.

use mlx_rs::ops::{broadcast_to, concatenate, conv2d, pad};
use mlx_rs::{Array, Dtype};

use crate::Result;
use crate::backend::Backend;
use crate::model::nn::{EvalPacer, convolve, halve};
use crate::weights::Weights;

/// A convolution with a kernel of 3 × 3 that halves (pictures, height, width, channels).
pub struct Downsample2x {
    weight: Array, // (out, 3, 3, in)
    bias: Array,   // (out)
}

impl Downsample2x {
    /// Reads `name`.
    pub fn load(weights: &Weights, name: &str, channels: i32) -> Result<Self> {
        let weights = weights.at(name);
        let weight = weights.tensor("weight", &[channels, channels, 3, 3])?;
        let weight = weight.transpose_axes(&[0, 2, 3, 1])?.contiguous()?;
        weight.eval()?;
        Ok(Self {
            weight,
            bias: weights.tensor("bias", &[channels])?,
        })
    }

    /// (n, h, w, c) → (n, h/2, w/2, c). The kernel begins at the pixels that it halves and reaches
    /// below and to the right of them.
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let x = pad(x, &[(0, 0), (0, 1), (0, 1), (0, 0)], None, None)?;
        let y = halve(&x, &self.weight, &mut EvalPacer::steady())?;
        Ok(y.add(&self.bias)?)
    }
}

/// Makes four pixels of each, all the same, and convolves with a kernel of 3 × 3.
pub struct Upsample2x {
    kernel: DoublingKernel,
    bias: Array, // (out)
}

/// The same weights, arranged for the way to use them.
enum DoublingKernel {
    /// (out, 3, 3, in), for pictures that have been doubled.
    Doubled(Array),
    /// (4 · out, 2, 2, in), for pictures as they are.
    Corners(Array),
}

impl Upsample2x {
    /// Reads `name`.
    pub fn load(weights: &Weights, name: &str, (inputs, outputs): (i32, i32)) -> Result<Self> {
        let weights = weights.at(name);
        let weight = weights.tensor("weight", &[outputs, inputs, 3, 3])?;
        let backend = Backend::current()?;
        let corners = Self::takes_corners(backend, weight.dtype(), backend.is_strict());
        Self::new(&weight, weights.tensor("bias", &[outputs])?, corners)
    }

    /// Whether convolving corners is the faster way and a safe one.
    ///
    /// Metal's kernels for 3 × 3 multiply even less than corners save. On CUDA, MLX 0.32.2 writes outside of its memory when
    /// it convolves with a kernel of 2 × 2 in exact float32.
    pub fn takes_corners(backend: Backend, dtype: Dtype, strict: bool) -> bool {
        match backend {
            Backend::Cpu => true,
            Backend::Cuda => dtype != Dtype::Float32 || !strict,
            Backend::Metal => false,
        }
    }

    /// From a weight (out, in, 3, 3) and a bias (out).
    ///
    /// Each of the four pixels sees a square of 2 × 2 pixels that were not yet doubled, since in every
    /// row and column of its kernel two weights fall on the same pixel: with their sums, 16 products
    /// make what would take 36. This is what `corners` asks for.
    pub fn new(weight: &Array, bias: Array, corners: bool) -> Result<Self> {
        let weight = weight.transpose_axes(&[0, 2, 3, 1])?;
        if !corners {
            let weight = weight.contiguous()?;
            weight.eval()?;
            let kernel = DoublingKernel::Doubled(weight);
            return Ok(Self { kernel, bias });
        }
        let exact = weight.as_dtype(Dtype::Float32)?;
        let mut corners = Vec::new();
        for rows in pair_up(&exact, 1)? {
            for corner in pair_up(&rows, 2)? {
                corners.push(corner.as_dtype(weight.dtype())?);
            }
        }
        let corners = concatenate(&corners, 0)?;
        corners.eval()?;
        let kernel = DoublingKernel::Corners(corners);
        Ok(Self { kernel, bias })
    }

    /// (n, h, w, in) → (n, 2h, 2w, out)
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let (n, height, width) = (x.dim(0), x.dim(1), x.dim(2));
        let corners = match &self.kernel {
            DoublingKernel::Corners(weight) => conv2d(x, weight, (1, 1), (1, 1), None, None)?,
            DoublingKernel::Doubled(weight) => {
                let y = convolve(&double(x)?, weight, &mut EvalPacer::steady())?;
                return Ok(y.add(&self.bias)?);
            }
        };
        // There is a row and a column of squares more than of pixels: the upper left pixel of the
        // four sees the square that begins above and to the left of it, the others those that begin
        // on it.
        let outputs = self.bias.dim(0);
        let [column, row] = [1, width + 1].map(|squares| i64::from(squares * 4 * outputs));
        let picture = i64::from(height + 1) * row;
        let corner = i64::from(outputs);
        let y = corners.as_strided(
            &[n, height, 2, width, 2, outputs][..],
            &[picture, row, row + 2 * corner, column, column + corner, 1][..],
            0,
        )?;
        let y = y.add(&self.bias)?;
        Ok(y.reshape(&[n, 2 * height, 2 * width, outputs])?)
    }
}

/// Three weights along `axis` as what each of two pixels sees: the first one alone and the sum of the
/// others, then the sum of the first ones and the last alone.
fn pair_up(weight: &Array, axis: i32) -> Result<[Array; 2]> {
    let weights = weight.split_equal(3, axis)?;
    let (first, middle, last) = (&weights[0], &weights[1], &weights[2]);
    Ok([
        concatenate(&[first, &middle.add(last)?], axis)?,
        concatenate(&[&first.add(middle)?, last], axis)?,
    ])
}

/// (n, h, w, c) → (n, 2h, 2w, c): each pixel becomes four.
fn double(x: &Array) -> Result<Array> {
    let (n, height, width, channels) = (x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    let x = x.reshape(&[n, height, 1, width, 1, channels])?;
    let x = broadcast_to(x, &[n, height, 2, width, 2, channels])?;
    Ok(x.reshape(&[n, 2 * height, 2 * width, channels])?)
}
