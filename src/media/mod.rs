//! Pixels in and out of files: pictures as first frames, finished frames as videos.

pub mod mp4;
mod partial_file;
pub mod photo;

pub use partial_file::PartialFile;
