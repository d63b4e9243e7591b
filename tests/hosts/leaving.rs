//! Machines that go away, whoever they are: nobody hangs, nothing stays, and what was kept goes on.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::loopback::{Together, helpers};
use crate::support::max_difference;
use crate::support::program::{Job, Run, output};

/// Enough steps for a signal to arrive long before the last one.
const STEPS: &str = "120";

/// What a machine that is gone may take to be missed.
const LONGEST: Duration = Duration::from_mins(1);

struct Scene {
    together: Together,
    job: Job,
}

impl Scene {
    /// A job of two machines that has come to its second step.
    fn new(split: &str) -> Self {
        Self::at(split, 2)
    }

    fn at(split: &str, step: u64) -> Self {
        let together = Together::new("t2v_1_3b_euler");
        let mut arguments = together.arguments(2, &["--split", split, "--steps", STEPS]);
        arguments.push("--json".into());
        let mut job = Job::start(together.command(&arguments));
        job.wait_for_step(step);
        Self { together, job }
    }

    fn mark(&self) -> String {
        self.together.path("cache").display().to_string()
    }

    fn helper(&self) -> String {
        let helpers = helpers(&self.mark());
        assert_eq!(helpers.len(), 1, "{helpers:?}");
        helpers[0].clone()
    }

    /// That nobody stays, if not at once then soon.
    #[track_caller]
    fn assert_nobody_stays(&self) {
        let start = Instant::now();
        while !helpers(&self.mark()).is_empty() {
            assert!(start.elapsed() < Duration::from_secs(10), "a helper stays");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn send(signal: &str, process: &str) {
    let sent = Command::new("kill").args(["-s", signal, process]).status();
    assert!(sent.unwrap().success());
}

/// What the first machine says once the other one has got this signal, and whether that is soon enough.
#[track_caller]
fn assert_missed(split: &str, signal: &str, step: u64) {
    let scene = Scene::at(split, step);
    let helper = scene.helper();
    let start = Instant::now();
    send(signal, &helper);
    let mark = scene.mark();
    let Scene { together, job } = scene;
    let (code, stderr) = job.end();
    let what = format!("{split}, {signal}: {stderr}");
    assert!(start.elapsed() < LONGEST, "{what}");
    assert_eq!(code, Some(1), "{what}");
    let last = stderr.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: localhost (2) "), "{what}");
    assert!(
        last.contains("check that it is awake and connected"),
        "{what}"
    );
    assert!(last.contains("steps are saved, resume with"), "{what}");
    assert!(helpers(&mark).is_empty(), "{what}");
    assert_resumes(&together, &[]);
}

/// Goes on with a job of `STEPS` steps, and compares with one that was never interrupted.
#[track_caller]
fn assert_resumes(together: &Together, more: &[&str]) {
    let folder = together.path("out.mp4.run").display().to_string();
    let arguments = [&["resume", &folder][..], more].concat();
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let run = output(together.command(&arguments));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!Path::new(&folder).exists());

    let whole = Together::new("t2v_1_3b_euler");
    let mut arguments = whole.arguments(2, &["--steps", STEPS]);
    let at = arguments.iter().position(|each| each == "--hosts").unwrap();
    arguments.drain(at..at + 2);
    let run: Run = output(whole.command(&arguments));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let difference = max_difference(&together.latents(), &whole.latents());
    assert!(difference < 2e-4, "{difference}");
}

/// SIGKILL, as when a machine loses its power: MLX misses it by itself.
#[test]
fn a_killed_machine_is_named_and_the_job_goes_on_alone() {
    assert_missed("tokens", "KILL", 2);
}

/// SIGSTOP, as when a lid is closed or a cable pulled: MLX would wait for ever.
#[test]
fn a_stopped_machine_is_named_and_the_job_goes_on_alone() {
    assert_missed("guidance", "STOP", 2);
}

/// The same at twenty instants, the same in every run.
#[test]
#[ignore = "takes ten minutes: cargo test --test all -- --ignored hosts::leaving"]
fn machines_are_missed_at_any_instant() {
    for seed in 0..20_u64 {
        let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let step = 1 + (mixed >> 33) % 100;
        let split = ["tokens", "guidance"][seed as usize % 2];
        let signal = ["KILL", "KILL", "STOP", "STOP"][seed as usize % 4];
        println!("{seed}: {split}, {signal} after step {step}");
        assert_missed(split, signal, step);
    }
}

/// Where the first one is killed, nobody is there to end the others.
#[test]
fn no_helper_outlives_the_first_machine() {
    for split in ["tokens", "guidance"] {
        let scene = Scene::new(split);
        let (helper, mark) = (scene.helper(), scene.mark());
        scene.job.kill();
        let gone = || !Path::new("/proc").join(&helper).exists() || helpers(&mark).is_empty();
        let start = Instant::now();
        while !gone() {
            assert!(start.elapsed() < LONGEST, "{split}: a helper stays");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Ctrl-C is told to the first one, and ends all; the job goes on with two again.
#[test]
fn an_interrupt_ends_all_and_resume_goes_on_together() {
    let scene = Scene::new("tokens");
    scene.job.interrupt();
    scene.assert_nobody_stays();
    let Scene { together, job } = scene;
    let (code, stderr) = job.end();
    assert_eq!(code, Some(130), "{stderr}");
    assert!(stderr.contains("Stopped after step"), "{stderr}");
    let hosts = together.path("hosts.json").display().to_string();
    assert!(fs::exists(&hosts).unwrap());
    assert_resumes(&together, &["--hosts", &hosts, "--split", "tokens"]);
}
