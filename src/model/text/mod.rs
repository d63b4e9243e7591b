//! From a sentence to the features that the DiT reads: cleaning, tokens, UMT5 encoder.

mod attention;
mod clean;
mod config;
mod encoder;
mod entities;
mod feed_forward;
mod layer;
mod position;
mod tokenizer;
pub mod vocabulary;

pub use attention::Attention;
pub use clean::clean;
pub use config::Config;
pub use encoder::encode;
pub use feed_forward::FeedForward;
pub use layer::Layer;
pub use position::{PositionBias, bucket};
pub use tokenizer::{Tokenizer, Tokens};
