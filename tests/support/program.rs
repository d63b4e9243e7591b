//! The program itself, run as a user runs it.

use std::path::Path;
use std::process::{Command, Output};

/// What a run of the program said and how it ended.
pub struct Run {
    /// The exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs `zoetrope` with these arguments; what it remembers between runs goes to `cache`.
pub fn zoetrope(cache: &Path, arguments: &[&str]) -> Run {
    let Output {
        status,
        stdout,
        stderr,
    } = command(cache, arguments).output().unwrap();
    Run {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// The same, not yet started.
pub fn command(cache: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zoetrope"));
    command.args(arguments).env("ZOETROPE_CACHE_DIR", cache);
    command
}
