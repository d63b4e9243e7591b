//! What a LoRA adds to one tensor.

use mlx_rs::ops::{addmm, matmul, maximum};
use mlx_rs::transforms::eval;
use mlx_rs::{Array, Dtype};

use super::LoraModule;
use super::dialect::Part;
use super::tensors::Tensors;
use crate::{Error, Result};

/// Something to be added to a tensor.
#[derive(Clone, Debug)]
pub(in super::super) struct LoraDelta {
    /// Of the LoRA.
    weights: Tensors,
    kind: Kind,
    /// What a change is scaled by besides its strength: a tensor with one number, over the rank.
    alpha: Option<(String, i32)>,
    /// The lengths that the rows or columns of the changed matrix shall have.
    magnitude: Option<String>,
    /// Of the tensor.
    shape: Vec<i32>,
    strength: f32,
}

#[derive(Clone, Debug)]
enum Kind {
    /// up · down: (outputs, rank) and (rank, inputs); of a convolution with more axes.
    LowRank { down: String, up: String },
    /// The elementwise product of two matrices.
    Hadamard(Factor, Factor),
    /// The Kronecker product of two matrices.
    Kronecker(Factor, Factor),
    /// A whole tensor.
    Difference(String),
}

/// A factor with its size and, of a product, what it is narrow by.
type SizedFactor = (Factor, [i32; 2], Option<i32>);

/// A matrix of a product.
#[derive(Clone, Debug)]
enum Factor {
    Whole(String),
    /// Itself a product.
    Product(String, String),
}

impl LoraDelta {
    /// What a module's parts add to its matrix, if they make up something. `None` also if they do not belong together.
    pub(super) fn to_matrix(
        weights: &Tensors,
        module: &LoraModule,
        strength: f32,
    ) -> Result<Option<Self>> {
        let parts = Parts { weights, module };
        let made = match parts.low_rank()? {
            Some(made) => Some(made),
            None => parts.hadamard()?.or(parts.kronecker()?),
        };
        let Some((kind, shape, rank)) = made else {
            return Ok(None);
        };
        let alpha = module.part(Part::Alpha).cloned().zip(rank);
        let magnitude = module.part(Part::Magnitude).cloned();
        if let Some(key) = &magnitude
            && !is_magnitude(&weights.shape(key)?, &shape)
        {
            return Ok(None);
        }
        Ok(Some(Self {
            weights: weights.clone(),
            kind,
            alpha,
            magnitude,
            shape,
            strength,
        }))
    }

    /// What is added after the second of two narrow matrices, scaled as their product.
    pub(super) fn to_bias(
        weights: &Tensors,
        module: &LoraModule,
        key: &str,
        strength: f32,
    ) -> Result<Self> {
        let down = module.part(Part::Down).map(|down| weights.shape(down));
        let rank = down.transpose()?.and_then(|down| down.first().copied());
        Ok(Self {
            alpha: module.part(Part::Alpha).cloned().zip(rank),
            ..Self::difference(weights, key, strength)?
        })
    }

    /// `strength · difference`
    pub(super) fn difference(weights: &Tensors, key: &str, strength: f32) -> Result<Self> {
        Ok(Self {
            weights: weights.clone(),
            shape: weights.shape(key)?,
            kind: Kind::Difference(key.to_owned()),
            alpha: None,
            magnitude: None,
            strength,
        })
    }

    /// The shape of the tensor that it can be added to.
    pub(super) fn shape(&self) -> &[i32] {
        &self.shape
    }

    /// The numbers of its two narrow matrices; none of what cannot stay beside a matrix.
    pub(in super::super) fn factors(&self) -> u64 {
        match &self.kind {
            Kind::LowRank { down, up } if self.magnitude.is_none() => {
                self.weights.elements(down) + self.weights.elements(up)
            }
            _ => 0,
        }
    }

    /// The sum of it and `tensor`, float32.
    pub(in super::super) fn add_to(&self, tensor: &Array) -> Result<Array> {
        let change = match &self.kind {
            Kind::LowRank { down, up } => matmul(&self.matrix(up)?, &self.matrix(down)?)?,
            Kind::Hadamard(one, other) => self.factor(one)?.multiply(self.factor(other)?)?,
            Kind::Kronecker(one, other) => kronecker(&self.factor(one)?, &self.factor(other)?)?,
            Kind::Difference(key) => self.read(key)?,
        };
        // A network may have axes of length 1 that its file lacks.
        let change = change.reshape(tensor.shape())?;
        let scale = self.scale()?;
        let Some(magnitude) = &self.magnitude else {
            let change = change.multiply(Array::from_f32(self.strength * scale))?;
            return Ok(tensor.add(change)?);
        };
        let changed = tensor.add(change.multiply(Array::from_f32(scale))?)?;
        let changed = self.lengthened(&changed, magnitude)?;
        let difference = changed.subtract(tensor)?;
        Ok(tensor.add(difference.multiply(Array::from_f32(self.strength))?)?)
    }

    /// As a way of its own from a matrix' input to its output; `None` of what has none.
    pub(in super::super) fn branch(&self, dtype: Dtype) -> Result<Option<Branch>> {
        let Kind::LowRank { down, up } = &self.kind else {
            return Ok(None);
        };
        if self.magnitude.is_some() {
            return Ok(None);
        }
        let scale = Array::from_f32(self.strength * self.scale()?);
        let down = self.matrix(down)?.as_dtype(dtype)?;
        let up = self.matrix(up)?.multiply(scale)?.as_dtype(dtype)?;
        eval([&down, &up])?;
        Ok(Some(Branch { down, up }))
    }

    /// The matrix with rows, or columns, of the lengths that `key` holds.
    ///
    /// Liu et al., "DoRA" (arXiv 2402.09353), equation 5; PEFT `src/peft/tuners/lora/dora.py`.
    fn lengthened(&self, matrix: &Array, key: &str) -> Result<Array> {
        let magnitude = self.read(key)?;
        let outputs = matrix.dim(0);
        let flat = matrix.reshape(&[outputs, -1])?;
        let by_columns = magnitude.ndim() > 1 && magnitude.dim(0) == 1 && outputs != 1;
        let (axis, shape) = if by_columns {
            (0, [1, -1])
        } else {
            (1, [-1, 1])
        };
        let lengths = flat.square()?.sum_axes(&[axis], true)?.sqrt()?;
        let lengths = maximum(&lengths, Array::from_f32(f32::MIN_POSITIVE))?;
        let factors = magnitude.reshape(&shape)?.divide(lengths)?;
        Ok(flat.multiply(factors)?.reshape(matrix.shape())?)
    }

    /// What the change is scaled by besides its strength.
    fn scale(&self) -> Result<f32> {
        let Some((alpha, rank)) = &self.alpha else {
            return Ok(1.0);
        };
        if let Some(number) = self.weights.number(alpha)? {
            Ok(number as f32 / *rank as f32)
        } else {
            let problem = format!("is damaged: {alpha} is not a number");
            Err(Error::content(self.weights.place(), problem))
        }
    }

    fn factor(&self, factor: &Factor) -> Result<Array> {
        match factor {
            Factor::Whole(key) => self.matrix(key),
            Factor::Product(a, b) => Ok(matmul(&self.matrix(a)?, &self.matrix(b)?)?),
        }
    }

    /// With all axes but the first as one.
    fn matrix(&self, key: &str) -> Result<Array> {
        let tensor = self.read(key)?;
        Ok(tensor.reshape(&[tensor.dim(0), -1])?)
    }

    fn read(&self, key: &str) -> Result<Array> {
        self.weights.read(key)
    }
}

/// What the parts of a module make up: that, the shape of the tensor that it changes, and the rank that an alpha is over.
type Made = (Kind, Vec<i32>, Option<i32>);

struct Parts<'a> {
    weights: &'a Tensors,
    module: &'a LoraModule,
}

impl Parts<'_> {
    fn low_rank(&self) -> Result<Option<Made>> {
        let (Some(down), Some(up)) = (self.module.part(Part::Down), self.module.part(Part::Up))
        else {
            return Ok(None);
        };
        let (down_shape, up_shape) = (self.weights.shape(down)?, self.weights.shape(up)?);
        let (&[rank, ref inputs @ ..], &[outputs, width, ref sides @ ..]) =
            (down_shape.as_slice(), up_shape.as_slice())
        else {
            return Ok(None);
        };
        if rank != width || rank == 0 || inputs.is_empty() || sides.iter().any(|&side| side != 1) {
            return Ok(None);
        }
        let kind = Kind::LowRank {
            down: down.clone(),
            up: up.clone(),
        };
        Ok(Some((kind, [&[outputs], inputs].concat(), Some(rank))))
    }

    fn hadamard(&self) -> Result<Option<Made>> {
        let part = |place| self.module.part(Part::Hadamard(place));
        let (Some((one, size, rank)), Some((other, other_size, _))) = (
            self.factor([None, part(0), part(1)])?,
            self.factor([None, part(2), part(3)])?,
        ) else {
            return Ok(None);
        };
        let made = (Kind::Hadamard(one, other), size.to_vec(), rank);
        Ok(Some(made).filter(|_| size == other_size))
    }

    fn kronecker(&self) -> Result<Option<Made>> {
        let part = |place| self.module.part(Part::Kronecker(place));
        let (Some((one, size, rank)), Some((other, other_size, other_rank))) = (
            self.factor([part(0), part(1), part(2)])?,
            self.factor([part(3), part(4), part(5)])?,
        ) else {
            return Ok(None);
        };
        let sides = [0, 1].map(|axis| size[axis].checked_mul(other_size[axis]));
        let &[Some(outputs), Some(inputs)] = &sides else {
            return Ok(None);
        };
        let kind = Kind::Kronecker(one, other);
        Ok(Some((kind, vec![outputs, inputs], other_rank.or(rank))))
    }

    /// A matrix that is there, or the product of two.
    fn factor(&self, [whole, a, b]: [Option<&String>; 3]) -> Result<Option<SizedFactor>> {
        let matrix = |key: &str| -> Result<Option<[i32; 2]>> {
            Ok(match self.weights.shape(key)?.as_slice() {
                &[rows, columns] if rows > 0 && columns > 0 => Some([rows, columns]),
                _ => None,
            })
        };
        if let Some(key) = whole {
            let size = matrix(key)?;
            return Ok(size.map(|size| (Factor::Whole(key.clone()), size, None)));
        }
        let (Some(a), Some(b)) = (a, b) else {
            return Ok(None);
        };
        Ok(match (matrix(a)?, matrix(b)?) {
            (Some([rows, rank]), Some([width, columns])) if rank == width => {
                let product = Factor::Product(a.clone(), b.clone());
                Some((product, [rows, columns], Some(rank)))
            }
            _ => None,
        })
    }
}

/// Whether there is one number for each row, or for each column.
fn is_magnitude(held: &[i32], shape: &[i32]) -> bool {
    let (Some(&outputs), inputs) = (shape.first(), shape.iter().skip(1).product::<i32>()) else {
        return false;
    };
    let count: i32 = held.iter().product();
    match held {
        [1, ..] if outputs != 1 => count == inputs,
        [rows, ..] => *rows == outputs && count == outputs,
        [] => false,
    }
}

/// (a, b) ⊗ (c, d) → (a · c, b · d)
fn kronecker(one: &Array, other: &Array) -> Result<Array> {
    let (a, b, c, d) = (one.dim(0), one.dim(1), other.dim(0), other.dim(1));
    let one = one.reshape(&[a, 1, b, 1])?;
    let other = other.reshape(&[1, c, 1, d])?;
    Ok(one.multiply(other)?.reshape(&[a * c, b * d])?)
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
