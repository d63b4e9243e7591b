//! Pixels in and out of files: pictures as first frames, finished frames as videos, and videos as
//! whatever else is wanted. And the one road to a file, which what the program keeps for itself takes too.

mod export;
mod footage;
pub mod json;
pub mod mp4;
mod partial_file;
pub mod photo;
mod task;

pub use export::{Step, export};
pub use footage::{Footage, span};
pub use partial_file::PartialFile;
pub use task::{Task, TaskHandle};
