//! The command line, through the program itself.

mod arguments;
mod errors;
mod other_commands;

use std::process::{Command, Output};

/// What one run of the program left.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// The program with these arguments, and without a built-in model.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zoetrope"));
    command.args(arguments).env("ZOETROPE_DEMO_MODEL", "/nowhere/demo");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Run {
    let Output { status, stdout, stderr } = command(arguments).output().expect("the program starts");
    Run {
        code: status.code(),
        stdout: String::from_utf8(stdout).expect("it writes UTF-8"),
        stderr: String::from_utf8(stderr).expect("it writes UTF-8"),
    }
}
