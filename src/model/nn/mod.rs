//! Layers that several networks share. Everything is channels-last, as MLX computes.

mod activation;
mod attention;
mod conv;
mod exp;
mod fused;
mod pace;
mod resizing;

pub use activation::{gelu_tanh, silu};
pub use attention::{attend, attention};
pub use conv::{Conv3d, Formulation};
pub use exp::{exp, softmax};
pub use fused::Fused;
pub use pace::{Pace, in_parts};
pub use resizing::{Doubling, Halving};
