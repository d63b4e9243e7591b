//! The networks.

pub mod clip;
pub mod dit;
pub mod nn;
pub mod text;
pub mod tiny_vae;
pub mod vae;
