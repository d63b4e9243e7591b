//! What earlier jobs left on the disk. And what stands in the way of leaving more there. Nothing is
//! computed here, so no thread is needed.

pub use crate::pipeline::saved::{
    Latents, check_decoding, check_plan, check_rest, finished_steps, forget_draft, is_own,
    kept_latents, latents, plan, take_up_draft, unfinished,
};
