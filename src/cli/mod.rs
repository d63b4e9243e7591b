//! The headless face: arguments in, text and an exit code out. Only this room prints.
//!
//! Exit codes: 0 done, 1 could not be done, 2 wrong usage, 130 stopped with Ctrl-C.

pub mod args;
mod bench;
mod decode;
mod destination;
mod doctor;
mod export;
mod follow;
mod format;
mod generate;
mod info;
mod interrupt;
mod models;
mod plan;
mod progress;
mod quantize;
mod resume;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::engine::device;
use crate::error::{Error, Result};
use crate::job::{Refusal, Remedy};
use crate::logging;
use args::{Arguments, Command, Work};
use progress::ProgressSink;

/// Does what the program's arguments say.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    logging::start(arguments.verbose);
    match arguments.command {
        Command::Generate(args) => generate::run(&args),
        Command::Plan(args) => end(plan::run(&args)),
        Command::Resume(args) => resume::run(&args),
        Command::Decode(args) => decode::run(&args),
        Command::Export(args) => end(export::run(&args)),
        Command::Info(args) => end(info::run(&args)),
        Command::Quantize(args) => end(quantize::run(&args)),
        Command::Bench(args) => end(bench::run(&args)),
        Command::Models(args) => models::run(&args),
        Command::Doctor => end(doctor::run()),
    }
}

/// Computes a job where it should be, shows it on the face that fits, and says how it ended.
fn show(work: Work, job: impl FnOnce(&mut dyn ProgressSink) -> Result<()>) -> ExitCode {
    let mut face = progress::face(work.json);
    let result = device::use_processor(work.cpu).and_then(|()| job(face.as_mut()));
    if let Err(error) = &result {
        face.failed(error);
    }
    end(result)
}

/// Tells what kept the window from opening.
pub fn fail(error: &Error) -> ExitCode {
    say(&format!("error: {error}"));
    ExitCode::FAILURE
}

/// The exit code of a finished command, after its error, if any, was told.
fn end(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_cancelled() {
                log::error!("{error}");
            }
            say(&format!("error: {error}{}", argument(&error)));
            if error.is_cancelled() {
                ExitCode::from(130)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// What to add to the arguments, where that is known.
fn argument(error: &Error) -> String {
    match error {
        Error::Refused(Refusal {
            remedy: Some(Remedy::Pack(bits)),
            ..
        }) => format!(" (--quantize {bits})"),
        _ => String::new(),
    }
}

/// Writes to the standard output. That nobody reads it any more is no error.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Other(format!(
            "Cannot write to the standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes a line to the standard error, if there is one.
fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
