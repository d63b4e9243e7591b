//! The *log*: what went wrong without stopping anything, in a file of bounded size.
//!
//! `error!` is for what a user loses, `warn!` for what was worked around, `info!` for what a reader of a bug report wants to
//! know (versions, devices, how a job ended), `debug!` for what a developer does. Prompts and the contents of files are
//! never logged.

use std::fs;
use std::panic::{self, PanicHookInfo};
use std::path::PathBuf;
use std::sync::OnceLock;

use flexi_logger::{
    Cleanup, Criterion, DeferredNow, Duplicate, FileSpec, Logger, LoggerHandle, Naming,
};
use log::{Record, error};

use crate::dirs;

/// The file grows to this many bytes; one older file of that size stays beside it.
const MOST_BYTES: u64 = 1_000_000;
const NAME: &str = "zoetrope";

/// The program's own messages, and what its libraries warn of.
const QUIET: &str = "warn, zoetrope=info";
const VERBOSE: &str = "warn, zoetrope=debug";

/// Keeps the file open for as long as the program runs.
static HANDLE: OnceLock<LoggerHandle> = OnceLock::new();

/// Starts logging, and has panics logged. With `verbose`, the messages also go to standard error, more of them.
///
/// A machine on which no log can be written is no reason to make no video.
pub fn start(verbose: bool) {
    log_panics();
    let Some(folder) = dirs::log() else { return };
    let level = if verbose { VERBOSE } else { QUIET };
    let file = FileSpec::default()
        .directory(folder)
        .basename(NAME)
        .suppress_timestamp();
    let logger = Logger::try_with_env_or_str(level).map(|logger| {
        logger
            .log_to_file(file)
            .append()
            .format(line)
            .rotate(
                Criterion::Size(MOST_BYTES),
                Naming::Numbers,
                Cleanup::KeepLogFiles(1),
            )
            // The program leaves without waiting for threads.
            .cleanup_in_background_thread(false)
            .duplicate_to_stderr(if verbose {
                Duplicate::All
            } else {
                Duplicate::None
            })
    });
    match logger.and_then(Logger::start) {
        Ok(handle) => {
            // A second start in one process keeps the first log.
            let _ = HANDLE.set(handle);
            log::info!(
                "Zoetrope {} on {} {}",
                env!("CARGO_PKG_VERSION"),
                std::env::consts::OS,
                std::env::consts::ARCH
            );
        }
        Err(error) if verbose => drop(writeln_stderr(&format!("No log is written: {error}"))),
        Err(_) => {}
    }
}

/// The last `count` errors and panics in the log, the newest last.
pub fn last_errors(count: usize) -> Vec<String> {
    let newest = |folder: PathBuf| fs::read(folder.join(format!("{NAME}_rCURRENT.log")));
    let text = dirs::log().and_then(|folder| newest(folder).ok());
    let text = text.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let errors: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" ERROR "))
        .collect();
    let from = errors.len().saturating_sub(count);
    errors[from..]
        .iter()
        .map(|line| (*line).to_owned())
        .collect()
}

/// One line of the log; a message of several lines stays one.
fn line(
    write: &mut dyn std::io::Write,
    now: &mut DeferredNow,
    record: &Record,
) -> Result<(), std::io::Error> {
    let message = record.args().to_string().replace('\n', " | ");
    write!(
        write,
        "{} {:5} {}: {message}",
        now.format_rfc3339(),
        record.level(),
        record.target()
    )
}

/// A panic is a defect: it is logged with the place where it happened, before it is told as any other error.
fn log_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        error!("{}", describe(info));
        before(info);
    }));
}

fn describe(info: &PanicHookInfo) -> String {
    let thread = std::thread::current();
    let place = info.location().map_or_else(
        || "an unknown place".to_owned(),
        |at| format!("{}:{}", at.file(), at.line()),
    );
    let what = info.payload_as_str().unwrap_or("no message");
    format!(
        "panic in thread {} at {place}: {what}",
        thread.name().unwrap_or("without a name")
    )
}

fn writeln_stderr(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "{text}")
}
