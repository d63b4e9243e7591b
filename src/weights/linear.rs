//! Matrices as products need them, and the product.

use mlx_rs::ops::{addmm, matmul};
use mlx_rs::{Array, Dtype};

use super::cursor::Weights;
use super::entry::Entry;
use super::lora::Branch;
use super::quant_scheme::QuantScheme;
use super::quantized::QuantizedMatrix;
use crate::Result;
use crate::backend::{Backend, generation, packed};

/// What becomes of GGUF's blocks with smaller groups than MLX has, and of rotated numbers: the next larger group, and enough
/// bits to lose next to nothing.
const INSTEAD_OF_BLOCKS: QuantScheme = QuantScheme { group: 32, bits: 8 };

/// `x · Wᵀ + b`, computed in the type of the weight.
#[derive(Debug, Clone)]
pub struct Linear {
    weight: Matrix,
    /// What LoRAs add to a weight that they cannot be merged into.
    branches: Vec<Branch>,
    bias: Option<Array>,
}

/// A matrix (outputs, inputs).
#[derive(Debug, Clone)]
pub(super) enum Matrix {
    /// Every number by itself.
    Dense(Array),
    /// Whole numbers of few bits.
    Quantized(QuantizedMatrix),
}

impl Linear {
    /// From a weight (outputs, inputs) and a bias (outputs) of the same type.
    pub fn new(weight: Array, bias: Option<Array>) -> Self {
        Self {
            weight: Matrix::Dense(weight),
            branches: Vec::new(),
            bias,
        }
    }

    /// (…, inputs) → (…, outputs). `x` is cast to the weight's type, which the result has as well.
    pub fn forward(&self, x: &Array) -> Result<Array> {
        let x = x.as_dtype(self.dtype())?;
        let y = self.weight.product(&x, self.bias.as_ref())?;
        let mut branches = self.branches.iter();
        branches.try_fold(y, |y, branch| branch.add_to(&y, &x))
    }

    /// The type that the product is computed in.
    pub fn dtype(&self) -> Dtype {
        self.weight.dtype()
    }
}

impl Matrix {
    fn dtype(&self) -> Dtype {
        match self {
            Self::Dense(weight) => weight.dtype(),
            Self::Quantized(packed) => packed.scales.dtype(),
        }
    }

    /// A packed matrix is unpacked for each product where that is [faster](packed::unpacks).
    fn product(&self, x: &Array, bias: Option<&Array>) -> Result<Array> {
        match self {
            Self::Dense(weight) => dense(x, weight, bias),
            Self::Quantized(packed) if unpacks(x)? => dense(x, &packed.unpack()?, bias),
            Self::Quantized(packed) => {
                let y = packed.product(x)?;
                Ok(match bias {
                    Some(bias) => y.add(bias)?,
                    None => y,
                })
            }
        }
    }
}

/// Whether to unpack for as many rows as these.
fn unpacks(x: &Array) -> Result<bool> {
    let inputs = x.dim(-1).unsigned_abs().max(1) as usize;
    let rows = (x.size() / inputs) as u64;
    let backend = Backend::current()?;
    Ok(packed::unpacks(
        backend,
        packed::measured(),
        generation(),
        rows,
    ))
}

fn dense(x: &Array, weight: &Array, bias: Option<&Array>) -> Result<Array> {
    Ok(match bias {
        Some(bias) => addmm(bias, x, weight.t(), None, None)?,
        None => matmul(x, weight.t())?,
    })
}

impl Weights {
    /// "name.weight" (outputs, inputs) and, if the file has it, "name.bias".
    ///
    /// Where a bias belongs to the network, ask with [`affine`](Self::affine), which misses it when it is not there.
    pub fn linear(&self, name: &str, inputs: i32, outputs: i32) -> Result<Linear> {
        if self.at(name).has("bias") {
            return self.affine(name, inputs, outputs);
        }
        let weight = self.at(name).tensor("weight", &[outputs, inputs])?;
        Ok(Linear::new(weight, None))
    }

    /// "name.weight" (outputs, inputs) and "name.bias" (outputs), which must both be there.
    pub fn affine(&self, name: &str, inputs: i32, outputs: i32) -> Result<Linear> {
        let here = self.at(name);
        let weight = here.tensor("weight", &[outputs, inputs])?;
        let bias = here.as_type(weight.dtype()).tensor("bias", &[outputs])?;
        Ok(Linear::new(weight, Some(bias)))
    }

    /// The same for the large matrices of a network, which stay packed if the file has them packed, and are packed if
    /// [`packed`](Self::packed) says so.
    pub fn product(&self, name: &str, inputs: i32, outputs: i32) -> Result<Linear> {
        let here = self.at(name);
        let (key, shape) = (here.key("weight"), [outputs, inputs]);
        self.store.ledger.borrow_mut().product(&key, shape);
        let (weight, branches) = here.matrix("weight", shape)?;
        let bias = here.as_type(weight.dtype()).tensor("bias", &[outputs])?;
        Ok(Linear {
            weight,
            branches,
            bias: Some(bias),
        })
    }

    /// The bits that each number of the matrix of a [`product`](Self::product) takes once it is read, scales and biases
    /// included, if it is packed then. The header tells.
    pub fn packed_bits(&self, name: &str) -> Option<f64> {
        let &[outputs, inputs] = self.shape(name).ok()?.as_slice() else {
            return None;
        };
        let (_, QuantScheme { group, bits }, dtype) = self.packable(name, [outputs, inputs])?;
        let scale = if dtype == Dtype::Float32 { 32.0 } else { 16.0 };
        Some(f64::from(bits) + 2.0 * scale / f64::from(group))
    }

    /// What a file has to hold so that a network finds there the tensor that it was given here: the tensor itself or, if
    /// it is the matrix of a [`product`](Self::product) that was loaded, its words, scales and biases.
    ///
    /// # Errors
    /// There is no such tensor, or it is none of a network's.
    pub fn parts(&self, name: &str) -> Result<Vec<(String, Array)>> {
        let product = self.store.ledger.borrow().product_shape(&self.key(name));
        let packed = product.and_then(|shape| Some((shape, self.packable(name, shape)?)));
        let Some((shape, (entry, packing, dtype))) = packed else {
            let shape = self.shape(name)?;
            return Ok(vec![(name.to_owned(), self.tensor(name, &shape)?)]);
        };
        let packed = self.store.quantized(entry, &shape, packing, dtype)?;
        let layer = name.strip_suffix("weight").unwrap_or(name);
        Ok(vec![
            (name.to_owned(), packed.words),
            (format!("{layer}scales"), packed.scales),
            (format!("{layer}biases"), packed.biases),
        ])
    }

    /// A matrix, and what LoRAs add to its products: packed numbers are too coarse to merge them into. Whole differences
    /// are merged before the sum is packed.
    fn matrix(&self, name: &str, shape: [i32; 2]) -> Result<(Matrix, Vec<Branch>)> {
        if self.store.is_synthetic() {
            return Ok((self.made_up_matrix(name, shape)?, Vec::new()));
        }
        if self.reads_headers_only() {
            return Ok((Matrix::Dense(self.tensor(name, &shape)?), Vec::new()));
        }
        let Some((entry, packing, dtype)) = self.packable(name, shape) else {
            return Ok((Matrix::Dense(self.tensor(name, &shape)?), Vec::new()));
        };
        let changes = self.changes(name).iter();
        let branches: Option<Result<Vec<_>>> = changes
            .map(|change| change.branch(dtype).transpose())
            .collect();
        let packed = match &branches {
            Some(_) => self.store.quantized(entry, &shape, packing, dtype)?,
            None => QuantizedMatrix::pack(&self.tensor(name, &shape)?, packing)?,
        };
        let branches = branches.transpose()?.unwrap_or_default();
        Ok((Matrix::Quantized(packed), branches))
    }

    /// A matrix that no file holds.
    fn made_up_matrix(&self, name: &str, shape: [i32; 2]) -> Result<Matrix> {
        let dense = self.tensor(name, &shape)?;
        let packing = self.packing.filter(|packing| packing.suits(shape[1]));
        Ok(match packing {
            Some(packing) => Matrix::Quantized(QuantizedMatrix::pack(&dense, packing)?),
            None => Matrix::Dense(dense),
        })
    }

    /// How a matrix is to be packed, and the type that it is computed with; `None` if it is not, or not here.
    fn packable(&self, name: &str, shape: [i32; 2]) -> Option<(&Entry, QuantScheme, Dtype)> {
        let (entry, stored) = self.fitting(name, &shape).ok()?;
        let own = entry.packing(&shape);
        let asked = self.packing.filter(|packing| packing.suits(shape[1]));
        let packing = match (own, asked) {
            (Some(own), Some(asked)) if asked.bits < own.bits => asked,
            (Some(own), _) => own,
            (None, Some(asked)) => asked,
            (None, None) if entry.is_packed_otherwise() && INSTEAD_OF_BLOCKS.suits(shape[1]) => {
                INSTEAD_OF_BLOCKS
            }
            (None, None) => return None,
        };
        Some((entry, packing, self.dtype.unwrap_or(stored)))
    }
}
