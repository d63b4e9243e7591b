//! Several processes, on one machine or on several, that compute one thing: a *group*, in which each has a *rank*.
//!
//! MLX's own `distributed` carries what they exchange: `ring` over TCP, `jaccl` over Thunderbolt, `nccl` between NVIDIA's
//! GPUs. Every exchange is taken part in by all ranks, in the same order and with arrays of the same shape and type;
//! whoever is late is waited for. Of all this a network sees the trait [`Group`], and only where there is one: a process
//! by itself computes as if this room did not exist.

mod mlx;
mod share;
mod wire;

pub use mlx::MlxGroup;
pub use share::Share;
pub use wire::{agree, tell, tell_tensors};

use mlx_rs::Array;

use crate::Result;

/// The processes that compute together.
pub trait Group {
    /// This process's number, from 0.
    fn rank(&self) -> usize;

    /// How many there are.
    fn size(&self) -> usize;

    /// (n, …) of each rank → (size · n, …), that of rank 0 first.
    ///
    /// # Errors
    /// MLX's, also where another rank is gone.
    fn gather(&self, x: &Array) -> Result<Array>;
}
