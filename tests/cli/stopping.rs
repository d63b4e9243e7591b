#![cfg(unix)]

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::command;
use crate::support::golden_path;
use crate::support::program::Job;

/// A job that would take minutes, with `output` in the way of its result.
pub fn long_job(output: &Path) -> Job {
    let model = golden_path("ckpt/ti2v_5b/official");
    let [model, output] =
        [&model, output].map(|path| path.to_str().expect("tests lie in plain paths"));
    Job::start(command(&[
        "generate", "--json", "--model", model, "--prompt", "a boat", "--size", "64x64",
        "--frames", "5", "--steps", "1000", "-o", output,
    ]))
}

/// What was done until then is kept, and nothing else changes.
#[test]
fn ctrl_c_stops_and_leaves_what_was_there() {
    let folder = TempDir::new().expect("a temporary folder");
    let output = folder.path().join("video.mp4");
    let run_folder = folder.path().join("video.mp4.run");
    fs::write(&output, "an older video").expect("it can be written");

    let mut job = long_job(&output);
    job.wait_for_step(1);
    job.interrupt();
    let after: Vec<Value> = std::iter::from_fn(|| job.next()).collect();
    let (code, stderr) = job.end();

    assert_eq!(code, Some(130));
    let last = after.last().expect("it says that it stops");
    assert_eq!(last["event"], "cancelled");
    assert!(after.len() < 500, "it went on for {} steps", after.len());
    let step = &last["kept"]["step"];
    assert_eq!(last["kept"]["of"], 1000);
    let told = format!(
        "Stopped after step {step} of 1000; resume with `zoetrope resume {}`",
        run_folder.display()
    );
    assert!(stderr.contains(&told), "{stderr}");

    assert_eq!(
        fs::read_to_string(&output).expect("it is still there"),
        "an older video"
    );
    assert_eq!(
        names(&run_folder),
        ["lock", "plan.json", "state.safetensors"]
    );
    assert_eq!(names(folder.path()), ["video.mp4", "video.mp4.run"]);
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it can be read");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("it can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
