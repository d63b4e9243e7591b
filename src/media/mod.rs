//! Pixels in and out of files: pictures as first frames, finished frames as videos.

mod partial_file;
pub mod photo;

pub use partial_file::PartialFile;
