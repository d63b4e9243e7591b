//! What earlier jobs left on the disk. Nothing is computed here, so no thread is needed.

pub use crate::pipeline::saved::{Latents, forget_draft, kept_latents, latents, plan, unfinished};
