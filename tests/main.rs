//! All tests are one program: MLX is loaded once.

mod model;
mod support;
