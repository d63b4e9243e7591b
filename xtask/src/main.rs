//! The project's chores, each a verb of `cargo xtask`.
//!
//! This crate is built before MLX is on the machine, so it depends on nothing of the product.

mod cmd;
mod places;
mod setup;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
Usage: cargo xtask <verb>

  setup [--cpu | --cuda | --metal | --from-source]
                     bring MLX to this machine (every other verb does it when needed)
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((verb, rest)) = args.split_first() else {
        bail!("no verb was given\n\n{USAGE}");
    };
    match verb.as_str() {
        "setup" => setup::run(rest),
        // Not in the usage: `setup` calls it in a process of its own, see `setup::bindings`.
        "bindings" => setup::bindings::generate(rest),
        other => bail!("there is no verb `{other}`\n\n{USAGE}"),
    }
}
