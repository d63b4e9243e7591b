//! Where the repository and its build folder lie.

use std::env;
use std::path::PathBuf;

/// The repository.
///
/// Cargo says it anew on each run: clones that share a build folder share this program too.
pub fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR");
    let mut path = PathBuf::from(xtask.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
    path.pop();
    path
}

/// Cargo's build folder.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
