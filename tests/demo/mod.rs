//! The built-in model, through the same code as the real ones.

mod caches;
mod cases;
mod evaluation;
mod golden;
mod judge;
mod precision;
mod table;
mod truth;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::golden_path;

/// The folder of the built-in model.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo")
}

/// `demo/<name>.json` of the reference data.
fn golden_json(name: &str) -> Value {
    let text = std::fs::read_to_string(golden_path(&format!("demo/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}
