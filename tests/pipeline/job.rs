//! A small job in a folder of its own, to be interrupted in many ways.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use zoetrope::catalog;
use zoetrope::job::{
    CanvasRequest, Outputs, Plan, Progress, Request, SamplingRequest, Size, Stage,
};
use zoetrope::pipeline::{self, Outcome, Reporter};

use crate::support::golden_path;
use crate::support::program::{Run, command, zoetrope};

/// Where a job's files go.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of everything here but the memory of the text encoder.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "cache")
            .collect();
        names.sort();
        names
    }

    /// Asks for `out.mp4`, with latents and frames beside it.
    pub fn generate(&self, more: &[&str]) -> Command {
        let model = golden_path("ckpt/ti2v_5b/official").display().to_string();
        let (output, latents) = (self.text("out.mp4"), self.text("latents.safetensors"));
        let frames = self.text("frames.safetensors");
        let first = [
            "generate",
            "--json",
            "--prompt",
            "a boat",
            "--seed",
            "7",
            "--frames",
            "5",
            "--save-latents",
            &latents,
            "--save-frames",
            &frames,
            "-o",
            &output,
        ];
        let model = if more.contains(&"--model") {
            vec![]
        } else {
            vec!["--model", &model]
        };
        command(&self.path("cache"), &[&first[..], &model, more].concat())
    }

    /// Runs the program with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Run {
        zoetrope(&self.path("cache"), arguments)
    }

    /// Goes on with `out.mp4`.
    pub fn resume(&self) -> Run {
        self.run(&["resume", &self.text("out.mp4.run"), "--json"])
    }

    /// A plan for `out.mp4` of six steps, with the model in this folder.
    pub fn plan(&self, model: &Path) -> Plan {
        let request = Request {
            prompt: "a boat".into(),
            sampling: SamplingRequest {
                seed: Some(7),
                steps: Some(6),
                ..Default::default()
            },
            canvas: CanvasRequest {
                size: Some(Size::new(32, 32)),
                frames: Some(5),
                ..Default::default()
            },
            outputs: Outputs {
                save_latents: Some(self.path("latents.safetensors")),
                ..Default::default()
            },
            ..Request::default()
        };
        let checkpoint = catalog::open(model).unwrap();
        Plan::new(&request, checkpoint, None, 0, self.path("out.mp4")).unwrap()
    }
}

/// Works on a plan until `stage` has come to `done`, and then stops.
pub fn stop_at(stage: Stage, done: usize, plan: &Plan) -> zoetrope::Result<Outcome> {
    let reached = std::sync::atomic::AtomicBool::new(false);
    let watch = |progress: Progress| {
        let is_there = (progress.stage, progress.done) == (stage, done);
        reached.fetch_or(is_there, std::sync::atomic::Ordering::Relaxed);
    };
    pipeline::generate(
        plan,
        &mut Reporter::new(watch, || reached.load(std::sync::atomic::Ordering::Relaxed)),
    )
}

/// Works on it to the end.
pub fn finish(
    plan: &Plan,
    way: fn(&Plan, &mut Reporter) -> zoetrope::Result<Outcome>,
) -> zoetrope::Result<Outcome> {
    way(plan, &mut Reporter::new(|_| (), || false))
}

/// The tiny model.
pub fn model() -> PathBuf {
    golden_path("ckpt/ti2v_5b/official")
}

/// The sentence that a run ended with.
#[track_caller]
pub fn sentence(run: &Run) -> &str {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let line = run.stderr.lines().last().unwrap_or_default();
    line.strip_prefix("error: ").expect("an error begins so")
}
