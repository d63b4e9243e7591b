//! One binary for all tests, so that the heavy libraries are linked once.

mod catalog;
mod cli;
mod demo;
mod engine;
mod floor_plan;
mod job;
mod media;
mod model;
mod pipeline;
mod sampler;
mod support;
mod text;
mod weights;
