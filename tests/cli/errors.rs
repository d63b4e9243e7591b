use std::path::Path;

use serde_json::Value;

use super::run;
use tempfile::TempDir;

use crate::catalog::write;
use crate::support::model::{copy_model, poison_dit};
use crate::support::program::Run;

/// The smallest video that the tiny model makes.
const SMALL: [&str; 6] = ["--size", "64x64", "--frames", "1", "--steps", "1"];

/// A folder that is a model.
fn model_folder() -> TempDir {
    let folder = TempDir::new().expect("the system has a place for temporary files");
    copy_model(folder.path());
    folder
}

/// Asks `generate` for a video in `folder`, with the model there.
fn generate(folder: &Path, arguments: &[&str]) -> Run {
    let model = folder.to_str().expect("temporary folders have plain names");
    let output = folder.join("video.mp4");
    let output = output.to_str().expect("temporary folders have plain names");
    let first = ["generate", "--model", model, "--prompt", "a boat"];
    let output = if arguments.contains(&"-o") {
        &[][..]
    } else {
        &["-o", output]
    };
    run(&[&first[..], output, arguments].concat())
}

/// The sentence after `error: `, which is all that there is.
fn sentence(run: &Run) -> &str {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let line = run
        .stderr
        .strip_prefix("error: ")
        .expect("an error begins so");
    assert_eq!(line.trim_end().lines().count(), 1, "{line}");
    line.trim_end()
}

#[test]
fn what_cannot_work_is_one_sentence_before_any_work() {
    let folder = model_folder();
    write(folder.path(), "not-a-picture.png", "text");
    let text = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let nowhere = text("nowhere/video.mp4");
    let is_folder = text("google");
    let same = text("t.safetensors");
    let no_file = text("none.png");
    let bad_picture = text("not-a-picture.png");

    let cases: [(&[&str], &str); 12] = [
        (&["--size", "850x480"], "832x480 and 864x480"),
        (&["--frames", "80"], "77 or 81"),
        (&["--steps", "0"], "1 to 1000"),
        (&["--shift", "0"], "above 0"),
        (&["--fps", "0"], "1 to 240"),
        (&["-o", "video.avi"], "ends in .mp4"),
        (&["-o", &nowhere], "is not a folder: create it first"),
        (&["--save-frames", &is_folder], "is a folder"),
        (
            &["--save-frames", &same, "--save-latents", &same],
            "give two names",
        ),
        (&["--noise", &no_file], "no such file"),
        (&["--image", &no_file], "no such file"),
        (&["--image", &bad_picture], "not-a-picture.png"),
    ];
    for (arguments, told) in cases {
        let run = generate(folder.path(), arguments);
        assert!(
            sentence(&run).contains(told),
            "{arguments:?}: {}",
            run.stderr
        );
        assert!(run.stdout.is_empty(), "{}", run.stdout);
    }
    assert!(!folder.path().join("video.mp4").exists());
}

#[test]
fn an_empty_prompt_is_refused() {
    let folder = model_folder();
    let model = folder
        .path()
        .to_str()
        .expect("temporary folders have plain names");
    let run = run(&[
        "generate",
        "--model",
        model,
        "--prompt",
        "  ",
        "-o",
        "video.mp4",
    ]);
    assert!(sentence(&run).contains("describe what the video should show"));
}

#[test]
fn a_missing_model_is_told() {
    let missing = run(&[
        "generate",
        "--model",
        "/nowhere/at/all",
        "--prompt",
        "a boat",
        "-o",
        "video.mp4",
    ]);
    assert!(sentence(&missing).contains("/nowhere/at/all is not there"));
    let no_demo = run(&["generate", "--prompt", "a boat", "-o", "video.mp4"]);
    assert!(sentence(&no_demo).contains("/nowhere/demo"));
}

#[test]
fn json_tells_failure_on_the_standard_output_too() {
    let folder = model_folder();
    let run = generate(folder.path(), &["--json", "--frames", "80"]);
    let told: Value = serde_json::from_str(&run.stdout).expect("it is one object");
    assert_eq!(told["event"], "failed");
    assert_eq!(told["message"], sentence(&run));
}

#[test]
fn a_job_that_fails_says_first_what_it_tried() {
    let folder = model_folder();
    poison_dit(folder.path());
    let run = generate(folder.path(), &[&["--seed", "42"], &SMALL[..]].concat());
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("seed 42"), "{}", run.stderr);
    let last = run.stderr.lines().last().expect("there is an error");
    assert!(last.starts_with("error: "), "{}", run.stderr);
    assert!(!folder.path().join("video.mp4").exists());
}

#[test]
fn a_random_seed_is_told() {
    let folder = model_folder();
    let seed = || {
        let run = generate(folder.path(), &[&["--json"], &SMALL[..]].concat());
        let first = run.stdout.lines().next().expect("it tells what it makes");
        let told: Value = serde_json::from_str(first).expect("it is an object");
        assert_eq!(told["event"], "started");
        told["settings"]["seed"].as_u64().expect("it is a number")
    };
    assert_ne!(seed(), seed());
}
