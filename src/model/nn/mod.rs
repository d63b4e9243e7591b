//! Layers that several networks share. Everything is channels-last, as MLX computes.

mod activation;
mod attention;
mod backend;
mod conv;
mod exp;
mod fused;
mod pace;

pub use activation::{gelu_tanh, silu};
pub use attention::attention;
pub use backend::Backend;
pub use conv::{Conv3d, Formulation, Halving};
pub use exp::exp;
pub use fused::Fused;
pub use pace::{Pace, in_parts};
