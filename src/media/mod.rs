//! Pixels in and out of files: pictures as first frames, finished frames as videos, and videos as
//! whatever else is wanted; and what the program keeps for itself.

mod export;
mod footage;
pub mod json;
pub mod mp4;
pub mod photo;
#[cfg(target_os = "macos")]
mod quicktime;
mod task;

pub use export::{Step, export};
pub use footage::{Footage, memory as footage_memory, span};
pub use task::{Task, TaskHandle};
