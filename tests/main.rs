//! One binary for all tests, so that the heavy libraries are linked once.

mod model;
mod pipeline;
mod sampler;
mod support;
