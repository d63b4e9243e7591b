//! `zoetrope bench --job`: whole videos, one after the other, as somebody makes them who stays in the program: the first one,
//! one with other words, and a variation.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use clap::Args;
use serde::Serialize;

use super::{format, interrupt, print, print_json};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::job::{
    Checkpoint, Command, Compute, Event, JobHandle, Plan, Problem, Progress, Request,
    SamplingRequest, Size, Stage,
};

/// Arguments that only `bench --job` has.
#[derive(Clone, Debug, Args)]
pub struct JobArgs {
    /// Measure whole videos instead: a first one, another prompt, and a variation with another seed
    #[arg(long, conflicts_with_all = ["synthetic", "stages", "batch", "runs"])]
    pub job: bool,

    /// With --job: denoising steps [default: the model's own]
    #[arg(long, value_name = "N", requires = "job")]
    pub steps: Option<u32>,
}

/// What all videos have in common.
pub(super) struct Common {
    pub(super) checkpoint: Checkpoint,
    pub(super) size: Option<Size>,
    pub(super) frames: Option<u32>,
    pub(super) steps: Option<u32>,
    pub(super) compute: Compute,
    /// Whether a program reads what is printed.
    pub(super) json: bool,
}

/// What one video took, in seconds from the beginning of its job.
#[derive(Debug, Default, Serialize)]
struct Times {
    event: &'static str,
    job: &'static str,
    /// Until the engine took the job: of the first one, the start of the program and MLX's.
    start_seconds: f64,
    text_seconds: f64,
    load_seconds: f64,
    first_step_seconds: f64,
    /// The median of the other steps.
    step_seconds: f64,
    denoise_seconds: f64,
    /// Frames, with the network that makes them and the file that holds them.
    decode_seconds: f64,
    /// What the file took after the last frame.
    mp4_seconds: f64,
    first_preview_seconds: Option<f64>,
    total_seconds: f64,
    peak_memory_bytes: usize,
    /// The most that the process has held so far, where the system tells.
    peak_process_bytes: Option<u64>,
}

/// The words of the videos, and their seeds.
const JOBS: [(&str, &str, u64); 3] = [
    ("first", "A steam train crosses a stone bridge at dawn", 1),
    (
        "other prompt",
        "Waves break on black rocks under a grey sky",
        1,
    ),
    (
        "variation",
        "Waves break on black rocks under a grey sky",
        2,
    ),
];

/// Makes the videos and prints what each took. They are not kept.
///
/// # Errors
/// They cannot be made, or Ctrl-C.
pub(super) fn run(common: &Common, begun: Instant) -> Result<()> {
    let folder = env::temp_dir().join(format!("zoetrope-bench-{}", process::id()));
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let result = measure(common, begun, &folder);
    // What cannot be removed is in the folder for what may go.
    let _ = fs::remove_dir_all(&folder);
    result
}

fn measure(common: &Common, mut begun: Instant, folder: &Path) -> Result<()> {
    let engine = Engine::start(|| {})?;
    let keep = Command::Keep(Some(Duration::from_hours(1)));
    let sent = engine.commands.send(keep);
    sent.map_err(|_| Error::from(Problem::EngineGone))?;
    if !common.json {
        print(&headline())?;
    }
    for (name, prompt, seed) in JOBS {
        let plan = plan(common, prompt, seed, folder)?;
        let handle = JobHandle::new(seed);
        let job = handle.clone();
        interrupt::on_stop(move || job.cancel());
        let command = Command::Generate(handle, Box::new(plan));
        let sent = engine.commands.send(command);
        sent.map_err(|_| Error::from(Problem::EngineGone))?;
        let times = Times {
            event: "made",
            job: name,
            ..follow(&engine, begun)?
        };
        if common.json {
            print_json(&serde_json::to_string(&times).unwrap_or_default())?;
        } else {
            print(&row(&times))?;
        }
        begun = Instant::now();
    }
    Ok(())
}

fn plan(common: &Common, prompt: &str, seed: u64, folder: &Path) -> Result<Plan> {
    let mut request = Request {
        // What an earlier run has kept of the words would not be encoded again.
        prompt: format!("{prompt} ({})", process::id()),
        sampling: SamplingRequest {
            steps: common.steps,
            seed: Some(seed),
            ..SamplingRequest::default()
        },
        compute: common.compute,
        ..Request::default()
    };
    request.canvas.size = common.size;
    request.canvas.frames = common.frames;
    let output = folder.join("video.mp4");
    Ok(Plan::new(
        &request,
        common.checkpoint.clone(),
        None,
        seed,
        output,
    )?)
}

/// Takes the times of a job from what the engine tells.
fn follow(engine: &Engine, begun: Instant) -> Result<Times> {
    let mut times = Times::default();
    let mut steps = Vec::new();
    // When the stage or the unit at hand began.
    let mut last = 0.0;
    let mut frames_at = 0.0;
    for event in &engine.events {
        let now = begun.elapsed().as_secs_f64();
        match event {
            Event::Started { .. } => {
                times.start_seconds = now;
                last = now;
            }
            Event::Progress { progress, .. } => match progress {
                Progress {
                    stage: Stage::Load,
                    done: 0,
                    ..
                } => {
                    times.text_seconds = now - last;
                    last = now;
                }
                Progress {
                    stage: Stage::Load, ..
                } => {
                    times.load_seconds += now - last;
                    last = now;
                }
                Progress {
                    stage: Stage::Denoise,
                    done: 1..,
                    ..
                } => {
                    steps.push(now - last);
                    last = now;
                }
                Progress {
                    stage: Stage::Decode,
                    done: 0,
                    ..
                } => last = now,
                Progress {
                    stage: Stage::Decode,
                    ..
                } => frames_at = now,
                Progress { .. } => {}
            },
            Event::Preview { .. } if times.first_preview_seconds.is_none() => {
                times.first_preview_seconds = Some(now);
            }
            Event::Finished { peak_memory, .. } => {
                times.decode_seconds = now - last;
                times.mp4_seconds = now - frames_at;
                times.total_seconds = now;
                times.peak_memory_bytes = peak_memory;
                break;
            }
            Event::Cancelled { .. } => return Err(Error::Cancelled),
            Event::Failed { problem, .. } => return Err(problem.into()),
            _ => {}
        }
    }
    times.denoise_seconds = steps.iter().sum();
    let mut others = steps.iter().skip(1).copied().collect::<Vec<_>>();
    others.sort_by(f64::total_cmp);
    times.first_step_seconds = steps.first().copied().unwrap_or_default();
    times.step_seconds = others.get(others.len() / 2).copied().unwrap_or_default();
    times.peak_process_bytes = peak_of_process();
    Ok(times)
}

/// The most memory that this process has held, in bytes.
#[cfg(target_os = "linux")]
fn peak_of_process() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn peak_of_process() -> Option<u64> {
    None
}

fn headline() -> String {
    format!(
        "{:13}{:>8}{:>8}{:>8}{:>9}{:>9}{:>9}{:>8}{:>8}{:>9}{:>10}",
        "seconds",
        "start",
        "text",
        "load",
        "1st step",
        "step",
        "denoise",
        "decode",
        "MP4",
        "total",
        "peak",
    )
}

fn row(times: &Times) -> String {
    format!(
        "{:13}{:>8.2}{:>8.2}{:>8.2}{:>9.2}{:>9.3}{:>9.2}{:>8.2}{:>8.2}{:>9.2}{:>10}",
        times.job,
        times.start_seconds,
        times.text_seconds,
        times.load_seconds,
        times.first_step_seconds,
        times.step_seconds,
        times.denoise_seconds,
        times.decode_seconds,
        times.mp4_seconds,
        times.total_seconds,
        format::bytes(times.peak_memory_bytes as u64),
    )
}
