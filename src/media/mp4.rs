//! An *MP4* is a finished video: H.264 that plays everywhere, and the settings that made it.

mod boxes;
mod colour;
mod encoder;
mod groups;
mod info;
mod metadata;
mod movie;
mod order;
mod reader;
mod samples;
mod turn;
mod writer;

pub use crate::job::Quality;
pub use info::{VideoInfo, info};
pub use metadata::settings;
pub use reader::{Mp4Reader, clip};
pub use writer::Mp4Writer;
