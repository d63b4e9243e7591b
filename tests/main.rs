//! One binary for all tests, so that the heavy libraries are linked once.

mod sampler;
mod support;
