//! Matrices of whole numbers of few bits: w = scale · q + bias, where neighbours in a row share scale and bias, as MLX
//! multiplies them without ever making the whole matrix.

use mlx_rs::Array;
use mlx_rs::ops::{concatenate, dequantize, quantize, quantized_matmul};
use mlx_rs::transforms::eval;

use super::quant_scheme::QuantScheme;
use crate::Result;

/// The most rows in one product: beyond what 16 bits count, kernels of earlier versions of MLX gave zeros.
const MOST_ROWS: i32 = 32_767;

/// A packed matrix (outputs, inputs).
#[derive(Debug, Clone)]
pub struct QuantizedMatrix {
    /// (outputs, words), 32-bit words with the numbers one after the other, the lowest bits first.
    pub words: Array,
    /// (outputs, groups)
    pub scales: Array,
    /// (outputs, groups), of the type of the scales.
    pub biases: Array,
    /// How the numbers lie in the words.
    pub packing: QuantScheme,
}

impl QuantizedMatrix {
    /// Packs a matrix whose inputs are a multiple of the group.
    ///
    /// # Errors
    /// They are not, or MLX has no such packing.
    pub fn pack(dense: &Array, packing: QuantScheme) -> Result<Self> {
        let (words, scales, biases) = quantize(dense, packing.group, packing.bits)?;
        eval([&words, &scales, &biases])?;
        Ok(Self {
            words,
            scales,
            biases,
            packing,
        })
    }

    /// The matrix (outputs, inputs) in the type of the scales.
    pub fn unpack(&self) -> Result<Array> {
        let QuantScheme { group, bits } = self.packing;
        Ok(dequantize(
            &self.words,
            &self.scales,
            &self.biases,
            group,
            bits,
        )?)
    }

    /// `x · Wᵀ`: (…, inputs) → (…, outputs), without unpacking W. `x` has the type of the scales.
    pub fn product(&self, x: &Array) -> Result<Array> {
        let QuantScheme { group, bits } = self.packing;
        let product = |x: &Array| {
            quantized_matmul(
                x,
                &self.words,
                &self.scales,
                &self.biases,
                true,
                group,
                bits,
            )
        };
        let inputs = x.dim(-1);
        let rows = i32::try_from(x.size()).unwrap_or(i32::MAX) / inputs.max(1);
        if rows <= MOST_ROWS {
            return Ok(product(x)?);
        }
        let ends: Vec<_> = (1..=(rows - 1) / MOST_ROWS)
            .map(|part| part * MOST_ROWS)
            .collect();
        let parts = x.reshape(&[rows, inputs])?.split_at_indices(&ends, 0)?;
        let parts = parts.iter().map(|part| product(&part.contiguous()?));
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let mut shape = x.shape().to_vec();
        if let Some(last) = shape.last_mut() {
            *last = self.words.dim(0);
        }
        Ok(concatenate(&parts, 0)?.reshape(&shape)?)
    }
}
