//! Apple Silicon, as far as Linux can do it: type-checking the app, and linking it.
//!
//! rustup has no standard library for macOS to offer without its own download; Debian packages a compiler
//! together with the matching sources of the standard library, which are compiled along with the app.

pub mod check;
mod mlx;
mod program;
mod sdk;
pub mod tools;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{debian, places};

pub use program::build;

/// The oldest system that the app runs on.
const MINIMUM: &str = "14.0";

/// Debian's Rust, kept apart from the everyday one.
const RUST: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Where Debian's Rust builds: another compiler in the usual folder would make cargo build everything again,
/// each time.
fn target() -> PathBuf {
    places::target().join("macos")
}

/// Debian's cargo, for Apple Silicon.
fn cargo(verb: &str) -> Result<Command> {
    debian::install(&RUST)?;
    let mut cargo = Command::new(CARGO);
    cargo
        .arg(verb)
        .arg("--manifest-path")
        .arg(places::root().join("Cargo.toml"))
        .args([
            "-Zbuild-std=std,panic_abort",
            "--target=aarch64-apple-darwin",
            "--target-dir",
        ])
        .arg(target())
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1"); // for -Z on a stable compiler
    Ok(cargo)
}

/// Writes a program for the shell, if it is not there yet.
fn write_script(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    Ok(fs::set_permissions(
        path,
        fs::Permissions::from_mode(0o755),
    )?)
}
