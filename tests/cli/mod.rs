//! The command line, through the program itself.

mod arguments;
mod bad_files;
mod bench;
mod draft;
mod errors;
mod logging;
mod lora;
mod models;
mod other_commands;
mod plain;
mod plan;
mod quantize;
mod signals;
mod speed;
mod stopping;
mod strangers;

use std::path::Path;
use std::process::Command;

use mlx_rs::Array;
use tempfile::TempDir;

use crate::support::golden_path;
use crate::support::program::{self, Run};

/// The program with these arguments, without a built-in model and, as nothing can be kept below a file, a memory.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = program::command(Path::new("/dev/null/cache"), arguments);
    command.env("ZOETROPE_DEMO_MODEL", "/nowhere/demo");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Run {
    program::output(command(arguments))
}

/// The folder of a tiny model.
fn model(family: &str) -> String {
    let folder = golden_path(&format!("ckpt/{family}/official"));
    folder.display().to_string()
}

/// Runs `generate` for a small video in `folder`, with two steps.
fn generate(folder: &TempDir, model: &str, more: &[&str]) -> Run {
    let output = folder.path().join("v.mp4").display().to_string();
    let first = [
        "generate", "--model", model, "--prompt", "a boat", "--seed", "1", "--size", "64x96",
        "--frames", "5", "--steps", "2", "-o", &output,
    ];
    run(&[&first, more].concat())
}

/// The final latents of such a video.
fn latents(folder: &TempDir, model: &str, more: &[&str]) -> Array {
    let file = folder.path().join("l.safetensors").display().to_string();
    let made = generate(folder, model, &[&["--save-latents", &file], more].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let mut tensors = Array::load_safetensors(&file).unwrap();
    tensors.remove("latents").unwrap()
}
