//! Tensors by name: what files hold, what networks ask for, and what is said when the two do not agree.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests panic as the tests do"
)]
#![expect(
    clippy::float_cmp,
    reason = "what is read must be exactly what was written"
)]

mod account;
mod bounds;
mod broken_safetensors;
mod broken_torch;
mod dress;
mod files;
mod float8;
mod gguf;
mod int8;
mod leftovers;
mod lora;
mod lora_dialects;
mod lora_relatives;
mod memory;
mod mutations;
mod names;
mod nvfp4;
mod packed;
mod pickles;
mod products;
mod reading;
mod sharded;
mod synthetic;
mod torch;
mod wrappers;

use std::path::Path;

use zoetrope::Result;
use zoetrope::weights::Weights;

/// The network in one file.
fn open(path: &Path) -> Result<Weights> {
    Weights::open(&[path.to_owned()])
}

/// What a user reads when `result` failed.
#[track_caller]
fn failure<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this should have failed"),
        Err(error) => error.to_string(),
    }
}

/// Demands that a message has all these parts, and that it is a sentence and no debug output.
#[track_caller]
fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{message:?} does not say {part:?}");
    }
    assert!(
        !message.contains("Error"),
        "{message:?} is written for programmers"
    );
}
