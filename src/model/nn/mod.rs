//! Layers that several networks share. Everything is channels-last, as MLX computes.

mod activation;
mod attention;
mod backend;
mod conv;
mod fused;
mod pace;

pub use activation::{gelu_tanh, silu};
pub use attention::attention;
pub use backend::Backend;
pub use conv::{Conv2d, Conv3d};
pub use fused::Fused;
pub use pace::{Pace, in_parts};
