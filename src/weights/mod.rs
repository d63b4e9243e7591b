//! Tensors by name, whatever the file.
//!
//! A *weight* is a tensor that a network reads from its checkpoint. [`Weights`] is how a network gets at them: a cursor
//! that walks down the names, checks shapes, and keeps account of what was read, so that a checkpoint which does not
//! fit its network is refused with the list of everything that is wrong with it.
//!
//! Opening a file reads its header only. Tensors are read one at a time, by MLX's own loader, straight into their memory.

mod blank_check;
mod buffer;
mod cursor;
mod decoder;
mod entry;
mod fingerprint;
mod finite_check;
mod float8;
mod ggml;
pub mod gguf;
mod ledger;
mod linear;
pub mod lora;
mod merging;
mod names;
mod number;
mod nvfp4;
mod quant_scheme;
mod quantized;
mod reading;
mod requantize;
mod rotation;
mod safetensors;
mod scales;
pub mod shards;
mod shares;
mod sources;
mod store;
mod synthetic;
mod torch;

pub use buffer::beside;
pub use cursor::Weights;
pub use linear::Linear;
pub use names::NetworkKind;
pub use quant_scheme::QuantScheme;
pub use quantized::QuantizedMatrix;
pub use safetensors::notes;
