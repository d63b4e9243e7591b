//! What is wanted and what came of it: plain data that every other room may hold.

pub mod checkpoint;
pub mod decoding;
mod files;
pub mod kept;
pub mod message;
pub mod plan;
pub mod progress;
pub mod request;
pub mod settings;
pub mod size;
pub mod variant;

pub use checkpoint::{Checkpoint, Expert, HighNoise, LatentRgb, Network};
pub use decoding::Decoding;
pub use kept::Kept;
pub use message::{Command, Event, Ticket};
pub use plan::{Field, LatentShape, Picture, Plan, Refusal};
pub use progress::{Progress, Stage, TimeLeft};
pub use request::{Fit, Guidance, Negative, Precision, Request, Sampler};
pub use settings::Settings;
pub use size::Size;
pub use variant::{Defaults, Pictures, Variant};
