//! One binary for all tests, so that the heavy libraries are linked once.

#![expect(
    clippy::float_cmp,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it measured, stops at the first thing that is not there, and may mean equal"
)]

mod catalog;
mod cli;
mod engine;
mod floor_plan;
mod job;
mod media;
mod model;
mod pipeline;
mod sampler;
mod support;
mod text;
