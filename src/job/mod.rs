//! What is wanted and what came of it: plain data that every other room may hold.

pub mod bench;
pub mod checkpoint;
mod checks;
pub mod decoding;
mod files;
pub mod kept;
pub mod message;
pub mod plan;
pub mod progress;
pub mod refusal;
pub mod request;
pub mod settings;
pub mod size;
pub mod variant;

pub use bench::{Bench, Measurement, Part, Published, Subject};
pub use checkpoint::{Checkpoint, Expert, HighNoise, LatentRgb, Network};
pub use decoding::Decoding;
pub use kept::Kept;
pub use message::{Command, Event, Ticket};
pub use plan::{LatentShape, Picture, Plan};
pub use progress::{Progress, Stage, TimeLeft};
pub use refusal::{Field, Refusal};
pub use request::{Fit, Guidance, Negative, Precision, Request, Sampler};
pub use settings::Settings;
pub use size::Size;
pub use variant::{Defaults, Pictures, Variant};
