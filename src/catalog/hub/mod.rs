//! Models from the Hugging Face hub. A [`ModelDownload`](crate::job::ModelDownload) becomes a [`Download`], which knows every file by
//! its length and its checksum before the first byte comes; what came of an interrupted one is not asked for again.

mod answer;
mod checksum;
mod client;
mod destination;
mod download;
mod fetch;
mod known_files;
mod listing;
mod partial;
mod progress;
mod sources;
mod wait;

pub use client::Hub;
pub use destination::Destination;
pub use download::Download;
pub use sources::offers;
