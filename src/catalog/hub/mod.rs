//! Models from the Hugging Face hub. An [`Offer`](crate::job::Offer) becomes a [`Download`], which knows every file by
//! its length and its checksum before the first byte comes; what came of an interrupted one is not asked for again.

mod agent;
mod checksum;
mod destination;
mod download;
mod fetch;
mod listing;
mod meter;
mod partial;
mod recipe;
mod room;
mod shared;

pub use agent::Hub;
pub use destination::Destination;
pub use download::Download;
pub use recipe::offers;
