//! Layers that several networks share. Everything is channels-last, as MLX computes.

mod activation;
mod attention;
mod conv;
mod eval_pacer;
mod exp;
mod fused;
mod layer_norm;
mod product;
mod resizing;
mod strips;
pub mod watch;

pub use activation::{gelu, gelu_tanh, silu};
pub use attention::{attend, attention};
pub use conv::{Conv3d, Formulation};
pub use eval_pacer::{Cut, EvalPacer, budget, in_parts, set_budget, with_budget};
pub use exp::{exp, softmax};
pub use fused::Fused;
pub use layer_norm::LayerNorm;
pub use product::product;
pub use resizing::{Downsample2x, Upsample2x};
pub use strips::{convolve, halve};
pub use watch::{Watch, watched};
