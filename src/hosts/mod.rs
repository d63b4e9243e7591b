//! The other machines: who they are, how a process is started on each, and how it is noticed that one is gone.
//!
//! The list is MLX's own hostfile, as `mlx.config` writes it. Processes on other machines are started through `ssh`, which
//! brings identity, encryption and trust that people have set up already; what they exchange for a video goes through
//! MLX's `distributed` and nothing else. What a process says to the one that started it is that it is alive.

mod crew;
mod hostfile;
mod lifeline;

pub use crew::Crew;
pub use hostfile::{Host, Hostfile};
pub use lifeline::{Setup, follow};
