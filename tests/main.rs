//! One binary for all tests, so that the heavy libraries are linked once.

#![expect(
    clippy::float_cmp,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test says what it saw, means exactly what it compares with, and stops where it cannot go on"
)]

mod app;
mod backend;
mod catalog;
mod chaos;
mod circles;
mod cli;
mod demo;
mod disk;
mod engine;
mod floor_plan;
mod group;
mod hostile;
mod hosts;
mod job;
mod library;
mod media;
mod model;
mod pipeline;
mod platform;
mod sampler;
mod support;
mod text;
mod view;
mod weights;
mod words;
