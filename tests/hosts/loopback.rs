//! Processes that play the machines: MLX connects them by the loopback address.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use serde_json::json;
use tempfile::TempDir;

use crate::pipeline::case::Case;
use crate::support::folder::Model;
use crate::support::program::{Run, command, output};
use crate::support::{compare, golden};

/// As for one machine. Shares change the order of no sum but that of softmax over keys, which all machines have whole.
const LATENTS: (f32, f32) = (2e-4, 0.0);
const FRAMES: (f32, f32) = (5e-4, 0.0);

/// A run of the reference, made by several machines.
pub struct Together {
    pub case: Case,
    model: Model,
    folder: TempDir,
}

impl Together {
    pub fn new(case: &str) -> Self {
        let case = Case::new(case);
        Self {
            model: case.model(),
            case,
            folder: TempDir::new().unwrap(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn model(&self) -> &Path {
        self.model.path()
    }

    /// The arguments of a job of so many machines.
    pub fn arguments(&self, machines: usize, more: &[&str]) -> Vec<String> {
        let mut arguments = self.case.arguments(self.model.path(), self.folder.path());
        let hosts = hosts(self.folder.path(), machines);
        arguments.extend(["--verbose", "--hosts", &hosts].map(str::to_owned));
        for pair in more.chunks(2) {
            if let Some(at) = arguments.iter().position(|each| each == pair[0]) {
                arguments.drain(at..at + 2);
            }
        }
        arguments.extend(more.iter().map(ToString::to_string));
        arguments
    }

    /// The program with these arguments, which logs into this folder: what is logged is also told.
    pub fn command(&self, arguments: &[String]) -> Command {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = command(&self.path("cache"), &arguments);
        command.env("ZOETROPE_LOG_DIR", self.path("log"));
        command
    }

    /// Makes it.
    pub fn run(&self, machines: usize, more: &[&str]) -> Run {
        output(self.command(&self.arguments(machines, more)))
    }

    pub fn latents(&self) -> Array {
        let path = self.path("latents.safetensors");
        Array::load_safetensors(path).unwrap()["latents"].clone()
    }

    /// That what was made is what the official code makes.
    #[track_caller]
    pub fn assert_as_the_reference(&self, what: &str) {
        let what = format!("{} {what}", self.case.name);
        let golden = golden(&format!("e2e_{}", self.case.name));
        let expected = golden["latents"].try_index(-1).unwrap();
        compare(&self.latents(), &expected, LATENTS, &what);
        if let Some(expected) = golden.get("frames") {
            let saved = Array::load_safetensors(self.path("frames.safetensors")).unwrap();
            compare(&saved["frames"], expected, FRAMES, &what);
        }
        let video = zoetrope::media::mp4::info(&self.path("out.mp4")).unwrap();
        assert_eq!(video.size, self.case.size(), "{what}");
        let frames = self.case.number("frame_num");
        assert_eq!(u64::from(video.frames), frames, "{what}");
        assert!(!self.path("out.mp4.run").exists(), "{what}");
    }
}

/// Writes a hostfile of so many machines, all of them this one.
pub fn hosts(folder: &Path, machines: usize) -> String {
    let host = json!({"ssh": "localhost", "ips": ["127.0.0.1"], "rdma": []});
    let path = folder.join("hosts.json");
    fs::write(&path, json!(vec![host; machines]).to_string()).unwrap();
    path.display().to_string()
}

/// The helpers that were started with this in their environment and are still there.
pub fn helpers(mark: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let ours = processes.filter(|entry| {
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        let arguments = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let holds = |bytes: &[u8], text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        holds(&environment, mark) && holds(&arguments, "help-another")
    });
    ours.map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}
