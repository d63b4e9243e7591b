//! The built-in model, through the same code as the real ones.

mod golden;
mod precision;

use std::path::{Path, PathBuf};

/// The folder of the built-in model.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}
