//! A *fused* function is a chain of elementwise operations that runs as one kernel on a GPU: nothing
//! between its inputs and its result goes through memory.

use std::array;
use std::cell::RefCell;

use mlx_rs::error::Exception;
use mlx_rs::transforms::compile::compile;
use mlx_rs::{Array, Dtype};

use crate::backend::Backend;
use crate::{Error, Result};

/// An elementwise function of float32 arrays, whose shapes can be broadcast.
type Chain<const N: usize> = fn([&Array; N]) -> Result<Array, Exception>;

/// What MLX makes of a chain for results of one type.
type Kernel = Box<dyn FnMut(&[Array]) -> Result<Vec<Array>, Exception>>;

/// Computes a chain in float32, whatever the types of its inputs, and rounds once.
///
/// It is to be kept, in a `thread_local`, since MLX traces anew what it compiles anew. It holds no
/// weights: everything that it computes with is an input.
pub struct Fused<const N: usize> {
    chain: Chain<N>,
    kernels: RefCell<Vec<(Dtype, Kernel)>>,
}

impl<const N: usize> Fused<N> {
    /// Nothing is compiled yet.
    pub const fn new(chain: Chain<N>) -> Self {
        Self {
            chain,
            kernels: RefCell::new(Vec::new()),
        }
    }

    /// The result for these inputs, as this type.
    ///
    /// On the CPU the operations run one by one: MLX would need a C++ compiler there, at run time.
    ///
    /// # Errors
    /// The shapes cannot be broadcast.
    pub fn apply(&self, inputs: [&Array; N], dtype: Dtype) -> Result<Array> {
        let inputs = inputs.map(Clone::clone);
        if Backend::current()? == Backend::Cpu {
            return Ok(rounded_once(self.chain, &inputs, dtype)?);
        }
        let mut kernels = self.kernels.borrow_mut();
        let known = kernels.iter().position(|(result, _)| *result == dtype);
        let place = known.unwrap_or_else(|| {
            kernels.push((dtype, kernel(self.chain, dtype)));
            kernels.len() - 1
        });
        let mut results = kernels[place].1(&inputs)?;
        results
            .pop()
            .ok_or_else(|| Error::Other("MLX has lost the result of a fused function".into()))
    }
}

fn kernel<const N: usize>(chain: Chain<N>, dtype: Dtype) -> Kernel {
    let work = move |inputs: &[Array]| -> Result<Vec<Array>, Exception> {
        Ok(vec![rounded_once(chain, inputs, dtype)?])
    };
    Box::new(compile(work, None))
}

fn rounded_once<const N: usize>(
    chain: Chain<N>,
    inputs: &[Array],
    dtype: Dtype,
) -> Result<Array, Exception> {
    let exact = inputs.iter().map(|x| x.as_dtype(Dtype::Float32));
    let exact = exact.collect::<Result<Vec<_>, _>>()?;
    chain(array::from_fn(|i| &exact[i]))?.as_dtype(dtype)
}
