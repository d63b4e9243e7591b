#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::command;
use crate::support::golden_path;

/// A job that would take minutes, with `output` in the way of its result.
fn long_job(output: &Path) -> Child {
    let model = golden_path("ckpt/ti2v_5b/official");
    let [model, output] =
        [&model, output].map(|path| path.to_str().expect("tests lie in plain paths"));
    let mut program = command(&[
        "generate", "--json", "--model", model, "--prompt", "a boat", "--size", "64x64",
        "--frames", "5", "--steps", "1000", "-o", output,
    ]);
    program
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn interrupt(job: &Child) {
    let killed = Command::new("kill")
        .args(["-INT", &job.id().to_string()])
        .status();
    assert!(killed.expect("kill starts").success());
}

#[test]
fn ctrl_c_stops_and_leaves_what_was_there() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = folder.path().join("video.mp4");
    fs::write(&output, "an older video").expect("it can be written");

    let mut job = long_job(&output);
    let mut lines = BufReader::new(job.stdout.take().expect("it is piped")).lines();
    let mut next = || -> Option<Value> {
        let line = lines.next()?.expect("it writes UTF-8");
        Some(serde_json::from_str(&line).expect("every line is an object"))
    };
    let denoising = |object: &Value| object["stage"] == "denoise" && object["done"] != 0;
    while !denoising(&next().expect("it comes to denoising")) {}
    interrupt(&job);
    let after: Vec<Value> = std::iter::from_fn(next).collect();

    assert_eq!(job.wait().expect("it ends").code(), Some(130));
    assert_eq!(
        after.last().map(|object| &object["event"]),
        Some(&"cancelled".into())
    );
    assert!(after.len() < 500, "it went on for {} steps", after.len());
    let mut stderr = String::new();
    job.stderr
        .take()
        .expect("it is piped")
        .read_to_string(&mut stderr)
        .expect("it writes UTF-8");
    assert!(stderr.contains("Stopped; nothing was written"), "{stderr}");

    assert_eq!(
        fs::read_to_string(&output).expect("it is still there"),
        "an older video"
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("it can be read").count(),
        1,
        "something was left behind"
    );
}
