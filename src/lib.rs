//! Zoetrope turns a sentence or a picture into a video with the Wan models, through Apple's MLX.
//!
//! The floor plan, from the ground up; `ARCHITECTURE.md` says who may import whom.

pub mod app;
pub mod backend;
pub mod catalog;
pub mod cli;
pub mod dirs;
pub mod disk;
pub mod engine;
pub mod error;
pub mod group;
pub mod hosts;
pub mod job;
pub mod library;
pub mod logging;
pub mod media;
pub mod model;
pub mod pipeline;
pub mod platform;
pub mod sampler;
pub mod view;
pub mod weights;
pub mod words;

pub use error::{Error, Result};
