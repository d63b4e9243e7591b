//! Jobs that are killed or stopped, and go on to the same result to the last bit.

#![cfg(unix)]

use std::fs;

use zoetrope::job::memory::needs;
use zoetrope::pipeline::{self, saved};

use super::job::{Place, sentence};
use crate::support::golden_path;
use crate::support::model::copy_model;
use crate::support::program::{Job, command, output};

/// Enough steps for the signal to arrive long before the last one.
const STEPS: &str = "60";

/// What a job leaves when all went well.
const FILES: [&str; 3] = ["frames.safetensors", "latents.safetensors", "out.mp4"];

/// A step to be interrupted at, in the first third: the same in every run of the tests.
fn random_step(seed: u64) -> u64 {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    1 + (mixed >> 33) % 20
}

#[track_caller]
fn assert_same_files(resumed: &Place, whole: &Place, what: &str) {
    for name in FILES {
        let same = resumed.bytes(name) == whole.bytes(name);
        assert!(same, "{what}: {name} differs");
    }
}

/// A job with this sampler and, from a copy of it, this picture.
fn job(place: &Place, sampler: &str, image: Option<&str>) -> Job {
    let picture = place.text("boat.png");
    let mut arguments = vec!["--size", "64x64", "--steps", STEPS, "--sampler", sampler];
    if let Some(image) = image {
        fs::copy(golden_path("data").join(image), &picture).unwrap();
        arguments.extend(["--image", &picture, "--fit", "crop"]);
    }
    Job::start(place.generate(&arguments))
}

/// SIGKILL at a random step: nothing can be prepared for it.
#[test]
fn a_killed_job_goes_on_to_the_same_bits() {
    let cases = [
        ("unipc", None),
        ("dpmpp", None),
        ("euler", None),
        ("unipc", Some("image_ti2v.png")),
    ];
    for (seed, (sampler, image)) in (1..).zip(cases) {
        let step = random_step(seed);
        let what = format!("{sampler}, {image:?}, killed at step {step}");
        let whole = Place::new();
        let (code, stderr) = job(&whole, sampler, image).end();
        assert_eq!(code, Some(0), "{what}: {stderr}");
        assert!(!whole.path("out.mp4.run").exists(), "{what}");

        let killed = Place::new();
        let mut job = job(&killed, sampler, image);
        job.wait_for_step(step);
        job.kill();
        assert!(killed.path("out.mp4.run").exists(), "{what}");
        // There is a copy of the picture in the run folder.
        let _ = fs::remove_file(killed.path("boat.png"));

        let run = killed.resume();
        assert_eq!(run.code, Some(0), "{what}: {}", run.stderr);
        let began = first_step(&run.stdout);
        assert!(began >= step, "{what}: it began again at {began}");
        assert_same_files(&killed, &whole, &what);
        assert_eq!(killed.names(), FILES, "{what}");
    }
}

/// The number of denoising steps that were done when the job began.
fn first_step(told: &str) -> u64 {
    let mut objects = told
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let first = objects.find(|object| object["stage"] == "denoise").unwrap();
    first["done"].as_u64().unwrap()
}

#[test]
fn a_stopped_job_goes_on_to_the_same_bits() {
    let (whole, stopped) = (Place::new(), Place::new());
    let arguments = ["--size", "64x64", "--steps", STEPS];
    let job = Job::start(whole.generate(&arguments));
    assert_eq!(job.end().0, Some(0));

    let mut job = Job::start(stopped.generate(&arguments));
    job.wait_for_step(3);
    job.interrupt();
    while job.next().is_some() {}
    let (code, stderr) = job.end();
    assert_eq!(code, Some(130), "{stderr}");
    assert_eq!(stopped.names(), ["out.mp4.run"]);

    let run = stopped.resume();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_same_files(&stopped, &whole, "stopped");
}

/// Breaks when a job that cannot be decoded loses hours of denoising.
#[test]
fn a_job_that_fails_in_decoding_is_only_decoded_again() {
    let (whole, failed) = (Place::new(), Place::new());
    let arguments = ["--size", "32x32", "--steps", STEPS];
    assert_eq!(Job::start(whole.generate(&arguments)).end().0, Some(0));

    let mut job = Job::start(failed.generate(&arguments));
    job.wait_for_step(1);
    // Something is in the video's way, which would have been refused before the work.
    fs::create_dir(failed.path("out.mp4")).unwrap();
    while job.next().is_some() {}
    let (code, stderr) = job.end();
    assert_eq!(code, Some(1), "{stderr}");
    let told = format!(
        "the latents are saved, decode them again with `zoetrope resume {}`",
        failed.text("out.mp4.run")
    );
    assert!(stderr.contains(&told), "{stderr}");

    fs::remove_dir(failed.path("out.mp4")).unwrap();
    let run = failed.resume();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        !run.stdout.contains(r#""stage":"denoise""#),
        "{}",
        run.stdout
    );
    assert_same_files(&failed, &whole, "failed");
    assert_eq!(failed.names(), FILES);
}

/// Breaks when the paths in a run folder only work where the job was begun.
#[test]
fn a_run_folder_can_be_moved_and_resumed_from_anywhere() {
    let (whole, begun) = (Place::new(), Place::new());
    let arguments = ["--size", "64x64", "--steps", STEPS];
    assert_eq!(Job::start(whole.generate(&arguments)).end().0, Some(0));
    let mut job = Job::start(begun.generate(&arguments));
    job.wait_for_step(2);
    job.kill();

    let elsewhere = Place::new();
    let moved = elsewhere.path("renamed video.mp4.run");
    fs::rename(begun.path("out.mp4.run"), &moved).unwrap();
    let folder = format!("{}/", moved.display());
    let run = elsewhere.run(&["resume", &folder]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let video = elsewhere.bytes("renamed video.mp4");
    assert!(video == whole.bytes("out.mp4"));
    assert_eq!(elsewhere.names(), ["renamed video.mp4"]);
}

/// The same job, begun with paths from the folder that it was begun in.
fn begun_here(place: &Place) -> Job {
    if !place.path("model").exists() {
        copy_model(&place.path("model"));
        fs::copy(golden_path("data/image_ti2v.png"), place.path("boat.png")).unwrap();
    }
    let arguments = "generate --json --model ./model --prompt boat --seed 7 --image boat.png --fit crop \
                     --size 64x64 --frames 5 --steps 60 -o out.mp4";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let mut command = command(&place.path("cache"), &arguments);
    command.current_dir(place.path("."));
    Job::start(command)
}

/// Breaks when what a run folder names is looked for from where it is resumed, or when a model that was moved is an
/// error that says nothing of it.
#[test]
fn paths_lead_from_where_the_job_was_begun() {
    let place = Place::new();
    assert_eq!(begun_here(&place).end().0, Some(0));
    let expected = place.bytes("out.mp4");
    let mut job = begun_here(&place);
    job.wait_for_step(2);
    job.kill();

    let resume = || {
        let folder = place.text("out.mp4.run");
        let mut command = command(&place.path("cache"), &["resume", &folder]);
        command.current_dir("/");
        output(command)
    };
    fs::rename(place.path("model"), place.path("elsewhere")).unwrap();
    let run = resume();
    let told = sentence(&run);
    assert!(
        told.contains("is missing. This video was started with its model"),
        "{told}"
    );
    fs::rename(place.path("elsewhere"), place.path("model")).unwrap();
    let run = resume();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(place.bytes("out.mp4") == expected);
}

/// Breaks when a job that goes on where there is less memory fails there, or does not say what is other than it was.
#[test]
fn a_job_goes_on_with_less_memory() {
    let place = Place::new();
    let mut job = Job::start(place.generate(&["--size", "384x320", "--steps", STEPS]));
    job.wait_for_step(2);
    job.kill();
    let plan = saved::plan(&place.path("out.mp4.run")).unwrap();
    let decode = needs(&plan, &pipeline::sizes(&plan).unwrap())
        .pop()
        .unwrap();
    let limited = |bytes: u64| {
        let limit = (bytes as f64 / 1e9).to_string();
        place.run(&[
            "resume",
            &place.text("out.mp4.run"),
            "--memory-limit",
            &limit,
        ])
    };
    let run = limited(1000);
    let told = sentence(&run);
    assert!(told.contains("raise the limit"), "{told}");

    let run = limited(decode.bytes() - 1000);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for words in [
        "To fit in memory: decoding in tiles",
        "The remaining steps use lower precision than the first ones",
    ] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(place.names(), FILES);
}
