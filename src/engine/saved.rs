//! What earlier jobs left on the disk. Nothing is computed here, so no thread is needed.

pub use crate::pipeline::saved::{
    Latents, check_decoding, check_plan, check_rest, latents, plan, unfinished,
};
