//! What a LoRA adds to one tensor.

use mlx_rs::ops::{addmm, matmul};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::super::cursor::Weights;
use crate::{Error, Result};

/// Something to be added to a tensor.
#[derive(Clone, Debug)]
pub(in super::super) struct LoraDelta {
    /// Of the LoRA.
    weights: Weights,
    kind: Kind,
    /// Of the tensor.
    shape: Vec<i32>,
    strength: f32,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The product of two narrow matrices, up · down.
    LowRank {
        /// (rank, inputs), or for a convolution (rank, inputs, time, height, width).
        down: String,
        /// (outputs, rank), or for a convolution with sides of 1 besides.
        up: String,
        /// A number; over the rank it scales the product.
        alpha: Option<String>,
    },
    /// A whole tensor.
    Difference(String),
}

impl LoraDelta {
    /// `strength · alpha / rank · up · down`, where without an alpha it is the rank. `None` if the two are no pair.
    pub(super) fn low_rank(
        weights: &Weights,
        [down, up]: [&String; 2],
        alpha: Option<&String>,
        strength: f32,
    ) -> Result<Option<Self>> {
        let (down_shape, up_shape) = (weights.shape(down)?, weights.shape(up)?);
        let (&[rank, ref inputs @ ..], &[outputs, width, ref sides @ ..]) =
            (down_shape.as_slice(), up_shape.as_slice())
        else {
            return Ok(None);
        };
        if rank != width || rank == 0 || inputs.is_empty() || sides.iter().any(|&side| side != 1) {
            return Ok(None);
        }
        Ok(Some(Self {
            weights: weights.clone(),
            shape: [&[outputs], inputs].concat(),
            kind: Kind::LowRank {
                down: down.clone(),
                up: up.clone(),
                alpha: alpha.cloned(),
            },
            strength,
        }))
    }

    /// `strength · difference`
    pub(super) fn difference(weights: &Weights, key: &str, strength: f32) -> Result<Self> {
        Ok(Self {
            weights: weights.clone(),
            shape: weights.shape(key)?,
            kind: Kind::Difference(key.to_owned()),
            strength,
        })
    }

    /// The shape of the tensor that it can be added to.
    pub(super) fn shape(&self) -> &[i32] {
        &self.shape
    }

    /// The numbers of its two narrow matrices; none of a difference.
    pub(super) fn factors(&self) -> u64 {
        let Kind::LowRank { down, up, .. } = &self.kind else {
            return 0;
        };
        self.weights.at(down).numbers() + self.weights.at(up).numbers()
    }

    /// The sum of it and `tensor`, float32.
    pub(in super::super) fn add_to(&self, tensor: &Array) -> Result<Array> {
        let difference = match &self.kind {
            Kind::LowRank { down, up, alpha } => {
                let Branch { down, up } = self.narrow(down, up, alpha.as_ref())?;
                matmul(&up, &down)?.reshape(&self.shape)?
            }
            Kind::Difference(key) => self.read(key)?.multiply(Array::from_f32(self.strength))?,
        };
        Ok(tensor.add(difference)?)
    }

    /// As a way of its own from a matrix' input to its output; `None` of a difference, which has none.
    pub(in super::super) fn branch(&self, dtype: Dtype) -> Result<Option<Branch>> {
        let Kind::LowRank { down, up, alpha } = &self.kind else {
            return Ok(None);
        };
        let exact = self.narrow(down, up, alpha.as_ref())?;
        let (down, up) = (exact.down.as_dtype(dtype)?, exact.up.as_dtype(dtype)?);
        eval([&down, &up])?;
        Ok(Some(Branch { down, up }))
    }

    /// Both matrices in float32, the scale in the second.
    fn narrow(&self, down: &str, up: &str, alpha: Option<&String>) -> Result<Branch> {
        let matrix = |key| -> Result<Array> {
            let tensor = self.read(key)?;
            Ok(tensor.reshape(&[tensor.dim(0), -1])?)
        };
        let (down, up) = (matrix(down)?, matrix(up)?);
        let scale = match alpha {
            Some(alpha) => self.strength * number(&self.weights, alpha)? / down.dim(0) as f32,
            None => self.strength,
        };
        let up = up.multiply(Array::from_f32(scale))?;
        Ok(Branch { down, up })
    }

    fn read(&self, key: &str) -> Result<Array> {
        let exact = self.weights.as_type(Dtype::Float32);
        exact.tensor(key, &exact.shape(key)?)
    }
}

/// The only number of a tensor.
pub(super) fn number(weights: &Weights, key: &str) -> Result<f32> {
    let tensor = weights.as_stored(key)?.as_dtype(Dtype::Float32)?;
    match tensor.to_vec_exact::<f32>() {
        Ok(values) if values.len() == 1 && values[0].is_finite() => Ok(values[0]),
        _ => {
            let problem = format!("is damaged: {key} is not a number");
            Err(Error::content(weights.place(), problem))
        }
    }
}

/// A LoRA beside a matrix that it cannot be merged into.
#[derive(Clone, Debug)]
pub(in super::super) struct Branch {
    /// (rank, inputs)
    down: Array,
    /// (outputs, rank), scaled.
    up: Array,
}

impl Branch {
    /// `y + up · down · x` for `y` (…, outputs) and `x` (…, inputs).
    pub(in super::super) fn add_to(&self, y: &Array, x: &Array) -> Result<Array> {
        let narrow = matmul(x, self.down.t())?;
        Ok(addmm(y, &narrow, self.up.t(), None, None)?)
    }
}
