//! The command line, through the program itself.

mod arguments;
mod bench;
mod errors;
mod lora;
mod models;
mod other_commands;
mod quantize;
mod stopping;

use std::path::Path;
use std::process::Command;

use crate::support::program::{self, Run};

/// The program with these arguments, without a built-in model and a memory.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = program::command(Path::new("/nowhere/cache"), arguments);
    command.env("ZOETROPE_DEMO_MODEL", "/nowhere/demo");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Run {
    program::output(command(arguments))
}
