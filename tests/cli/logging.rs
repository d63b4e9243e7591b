//! The log that a person attaches to a report.

use std::fs;
use std::path::Path;

use super::command;
use crate::support::program::{self, Run};

/// Runs the program with its log in `folder`.
fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = command(arguments);
    command.env("ZOETROPE_LOG_DIR", folder);
    program::output(command)
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("zoetrope_rCURRENT.log")).unwrap()
}

/// Breaks when an error leaves no trace for a report, when a prompt gets into the log, or when doctor does not show where
/// to look.
#[test]
fn an_error_is_logged_without_the_prompt_and_doctor_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let failed = run(
        folder.path(),
        &[
            "generate",
            "--model",
            "/nowhere/model",
            "--prompt",
            "a secret garden",
            "-o",
            "/tmp/never.mp4",
        ],
    );
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    let log = log(folder.path());
    assert!(
        log.contains(" ERROR ") && log.contains("/nowhere/model"),
        "{log}"
    );
    assert!(!log.contains("secret garden"), "{log}");

    let doctor = run(folder.path(), &["doctor"]);
    assert!(
        doctor.stdout.contains(&folder.path().display().to_string()),
        "{}",
        doctor.stdout
    );
    assert!(
        doctor.stdout.contains("/nowhere/model"),
        "{}",
        doctor.stdout
    );
}

/// Breaks when `--verbose` prints nothing, or what it prints gets into the output that other programs read.
#[test]
fn verbose_prints_the_log_to_standard_error_alone() {
    let folder = tempfile::tempdir().unwrap();
    let told = run(folder.path(), &["--verbose", "info", "/nowhere.mp4"]);
    assert!(told.stderr.contains(" INFO "), "{}", told.stderr);
    let quiet = run(folder.path(), &["info", "/nowhere.mp4"]);
    assert!(!quiet.stderr.contains(" INFO "), "{}", quiet.stderr);
    assert!(told.stdout.is_empty() && quiet.stdout.is_empty());
}

/// Breaks when the log grows without end.
#[test]
fn a_full_log_is_set_aside_and_only_one_old_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let current = folder.path().join("zoetrope_rCURRENT.log");
    for _ in 0..3 {
        fs::write(&current, "x".repeat(1_100_000)).unwrap();
        run(folder.path(), &["info", "/nowhere.mp4"]);
    }
    let sizes: Vec<u64> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .collect();
    assert!(sizes.len() <= 2, "{sizes:?}");
    assert!(fs::metadata(&current).unwrap().len() < 10_000, "{sizes:?}");
}

/// Breaks when a folder that cannot be written keeps a command from running.
#[test]
fn no_log_is_no_obstacle() {
    let told = run(Path::new("/dev/null/log"), &["models", "list"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(told.stderr.is_empty(), "{}", told.stderr);
}
