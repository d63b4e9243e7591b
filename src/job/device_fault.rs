//! A *fault* is something that this machine's graphics processor computes wrongly.

use serde::{Deserialize, Serialize};

/// What was wrong, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceFault {
    /// What was computed.
    pub what: Computation,
    /// The greatest difference from the processor's values, as a part of the greatest of them; none if
    /// the result holds something that is not a number.
    pub difference: Option<f32>,
}

/// Something that networks are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Computation {
    /// Products of matrices.
    Products,
    /// Attention.
    Attention,
    /// Convolutions.
    Convolutions,
    /// Products with quantised weights.
    QuantisedProducts,
    /// Sums over a part of a tensor.
    Sums,
    /// Norms.
    Norms,
    /// Chains of elementwise operations, compiled while the program runs.
    Chains,
}
