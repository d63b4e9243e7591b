//! A matrix as the file holds it, and its product.

use mlx_rs::ops::{addmm, matmul};
use mlx_rs::{Array, Dtype};

use crate::Result;

/// `x · Wᵀ + b`, computed in the type of the weight.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Array, // (outputs, inputs)
    bias: Option<Array>,
}

impl Linear {
    /// From a weight (outputs, inputs) and a bias (outputs) of the same type.
    pub fn new(weight: Array, bias: Option<Array>) -> Self {
        Self { weight, bias }
    }

    /// (…, inputs) → (…, outputs). `x` is cast to the weight's type, which the result has as well.
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let x = x.as_dtype(self.dtype())?;
        let weight = self.weight.t();
        Ok(match &self.bias {
            Some(bias) => addmm(bias, &x, &weight, None, None)?,
            None => matmul(&x, &weight)?,
        })
    }

    /// The type that the product is computed in.
    pub fn dtype(&self) -> Dtype {
        self.weight.dtype()
    }
}
