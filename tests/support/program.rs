//! The program itself, run as a user runs it.

use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

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
    output(command(cache, arguments))
}

/// Runs it to its end.
pub fn output(mut command: Command) -> Run {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Run {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// The same, not yet started.
pub fn command(cache: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zoetrope"));
    command
        .args(arguments)
        .env("ZOETROPE_CACHE_DIR", cache)
        // A test leaves nothing in the log of whoever runs it.
        .env("ZOETROPE_LOG_DIR", "/dev/null/log");
    command
}

/// Sends a program the signal of this name.
pub fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &id]).status();
    assert!(sent.unwrap().success());
}

/// A job with `--json` at work.
pub struct Job {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Job {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// The next thing it says; `None` when it has ended.
    pub fn next(&mut self) -> Option<Value> {
        let line = self.lines.next()?.unwrap();
        Some(serde_json::from_str(&line).unwrap())
    }

    /// Waits until so many denoising steps were told of.
    #[track_caller]
    pub fn wait_for_step(&mut self, step: u64) {
        let is_there = |object: &Value| {
            object["stage"] == "denoise" && object["done"].as_u64().is_some_and(|done| done >= step)
        };
        while !is_there(&self.next().expect("it comes to that step")) {}
    }

    /// As Ctrl-C does it.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends the signal of this name.
    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// SIGKILL: it can do nothing about it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Its exit code, and what it wrote to the standard error.
    pub fn end(mut self) -> (Option<i32>, String) {
        let mut text = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }
}
