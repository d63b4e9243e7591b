//! The headless face: arguments in, text and an exit code out. Only this room prints.
//!
//! Exit codes: 0 done, 1 could not be done, also because a value cannot work, 2 wrong usage, 130 stopped with Ctrl-C, 143
//! by the system (SIGTERM), 129 since its terminal was closed (SIGHUP).

pub mod args;
mod bench;
mod bench_job;
mod decode;
mod doctor;
mod export;
mod follow;
mod format;
mod generate;
mod help_another;
mod info;
mod interrupt;
mod lookout;
mod models;
mod outlook;
mod plan;
mod progress;
mod quantize;
mod resume;
mod shared_args;
mod speed;
mod together;

use std::env;
use std::io::{self, Write};
use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;

use crate::engine::device;
use crate::error::{Error, Result};
use crate::job::Remedy;
use crate::job::plain_text::{one_line, printable, printable_json};
use crate::logging;
use crate::platform;
use args::{Arguments, Command};
use progress::ProgressSink;
use shared_args::Work;

const SUCCESS: u8 = 0;
const FAILURE: u8 = 1;

/// Does what the program's arguments say, and returns its exit code.
pub fn run() -> u8 {
    let Arguments { command, verbose } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    logging::start(verbose);
    let json = command.json();
    let result = interrupt::listen(json).and_then(|()| match command {
        Command::Generate(args) => show(args.work, |face| generate::run(&args, face)),
        Command::Plan(args) => match args.mac {
            Some(mac) => outlook::run(&args, mac),
            None => plan::run(&args),
        },
        Command::Resume(args) => show(args.work, |face| resume::run(&args, face)),
        Command::Decode(args) => show(args.work, |face| decode::run(&args, face)),
        Command::Export(args) => export::run(&args),
        Command::Info(args) => info::run(&args),
        Command::Quantize(args) => quantize::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::HelpAnother => help_another::run(),
    });
    end(result, json)
}

/// Tells what is wrong with the arguments, and returns the exit code. Wrong usage is answered by clap, as are calls for
/// help; a value that cannot work is answered as where that is found out later.
fn refuse(error: &clap::Error) -> u8 {
    if error.kind() != ErrorKind::ValueValidation {
        error.exit();
    }
    let told = error.render().to_string();
    let sentence = told.split("\n\n").next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    let json = env::args_os().any(|argument| argument == "--json");
    end(Err(Error::Other(sentence.to_owned())), json)
}

/// Computes a job where it should be, and shows it on the face that fits.
fn show(work: Work, job: impl FnOnce(&mut dyn ProgressSink) -> Result<()>) -> Result<()> {
    let mut face = progress::face(work.json);
    let result = device::use_processor(work.cpu).and_then(|()| job(face.as_mut()));
    if let Err(error) = &result {
        face.failed(error);
    }
    result
}

/// Tells what kept the window from opening, or ended it, and returns the exit code. What was started from the desktop has
/// nobody who reads standard error: where the window was wanted, it is shown.
pub fn fail(error: &Error, is_window: bool) -> u8 {
    log::error!("{error}");
    say(&format!("error: {error}"));
    if is_window {
        platform::alert(&error.to_string());
    }
    FAILURE
}

/// The exit code of a finished command, after its error, if any, was told; with `json` also to whom reads the output.
fn end(result: Result<()>, json: bool) -> u8 {
    let Err(error) = result else { return SUCCESS };
    if json {
        interrupt::last_words(&progress::ending(&error));
    }
    if !error.is_cancelled() {
        log::error!("{error}");
    }
    say(&format!("error: {error}{}", argument(&error)));
    if error.is_cancelled() {
        interrupt::code()
    } else {
        FAILURE
    }
}

/// What to add to the arguments, where that is known.
fn argument(error: &Error) -> String {
    match error.remedy() {
        Some(Remedy::Pack(bits)) => format!(" (--quantize {bits})"),
        Some(Remedy::Frames(_)) | None => String::new(),
    }
}

/// Writes to the standard output, in plain characters. That nobody reads it any more is no error.
fn print(text: &str) -> Result<()> {
    write_line(&printable(text))
}

/// The same for JSON, of which nothing is lost.
fn print_json(json: &str) -> Result<()> {
    write_line(&printable_json(json))
}

fn write_line(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Other(format!(
            "Couldn't write to the standard output: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Writes to the standard error, if there is one, in plain characters.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable(text));
}

/// A path as it is shown.
fn shown(path: &Path) -> String {
    one_line(&path.display().to_string()).into_owned()
}
