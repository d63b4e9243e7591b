//! Between pixels and latents: the causal video autoencoder.
//!
//! A *clip* here is (frames, height, width, channels). Encoder and decoder take a clip in chunks
//! and keep, between chunks, what their causal convolutions need of the past; the result is the
//! same as over the whole clip, and memory does not grow with its length.

mod cache;
pub mod chain;
mod decoder;
mod encoder;
mod kind;
mod layers;
mod resample;
pub mod shortcut;
pub mod stage;
mod statistics;
mod strip;
pub mod tiling;
mod v21;
mod v22;

pub use cache::Cache;
pub use decoder::{Decoder, Frames};
pub use encoder::Encoder;
pub use kind::Kind;
pub use layers::{Attention, CausalConv, Residual};
pub use resample::{Downsample, Upsample};
pub use statistics::Statistics;
pub use strip::Strip;
pub use tiling::Tiling;
