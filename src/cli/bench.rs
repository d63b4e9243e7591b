//! `zoetrope bench`: how fast this machine is, stage by stage.

use std::time::Instant;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::bench_job::{self, Common, JobArgs};
use super::shared_args::Model;
use super::{follow, format, print, print_json};
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{self, Command, Compute, Event, Measurement, Part, Published, Size, Subject};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// Where the model is.
    #[command(flatten)]
    pub model: Model,

    /// Measure a published model with random weights; no files needed
    #[arg(
        long,
        value_name = "t2v-1.3b|ti2v-5b|t2v-a14b|i2v-a14b",
        conflicts_with = "Model"
    )]
    pub synthetic: Option<Published>,

    /// Width x height in pixels [default: the model's own]
    #[arg(long, value_name = "WxH")]
    pub size: Option<Size>,

    /// Number of frames, 4n + 1 [default: the model's own]
    #[arg(long, value_name = "N")]
    pub frames: Option<u32>,

    /// Batch size of the DiT; guidance uses 2 for small videos
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub batch: u32,

    /// Stages to measure [default: all]
    #[arg(long, value_name = "text,denoise,decode,encode", value_delimiter = ',')]
    pub stages: Vec<Part>,

    /// The types to compute in.
    #[command(flatten)]
    pub compute: Compute,

    /// Runs per stage; the median is reported
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub runs: u32,

    /// Whole videos instead of stages.
    #[command(flatten)]
    pub whole: JobArgs,

    /// Print JSON, one object per line
    #[arg(long)]
    pub json: bool,
}

/// Measures what the arguments ask for and prints each stage as it is done.
///
/// # Errors
/// The model or the size cannot be measured, or Ctrl-C.
pub fn run(args: &Bench) -> Result<()> {
    if args.whole.job {
        let begun = Instant::now();
        let common = Common {
            checkpoint: args.model.open()?,
            size: args.size,
            frames: args.frames,
            steps: args.whole.steps,
            compute: args.compute,
            json: args.json,
        };
        return bench_job::run(&common, begun);
    }
    let bench = bench(args)?;
    if args.json {
        print_json(&started(&bench))?;
    } else {
        print(&headline(&bench))?;
    }
    let mut unread = Ok(());
    let result = follow::follow(
        |handle| Command::Bench(handle, Box::new(bench)),
        |event| {
            if let Event::Measured { measurement, .. } = event {
                unread = if args.json {
                    print_json(&object(&measurement))
                } else {
                    print(&row(&measurement))
                };
            }
        },
    );
    result.and(unread)
}

fn bench(args: &Bench) -> Result<job::Bench> {
    let subject = match args.synthetic {
        Some(published) => Subject::Synthetic(published),
        None => Subject::Installed(Box::new(args.model.open()?)),
    };
    let usual = job::Bench::of(subject);
    let bench = job::Bench {
        size: args.size.unwrap_or(usual.size),
        frames: args.frames.unwrap_or(usual.frames),
        batch: args.batch,
        parts: if args.stages.is_empty() {
            usual.parts
        } else {
            args.stages.clone()
        },
        compute: args.compute,
        runs: args.runs,
        ..usual
    };
    bench.check()?;
    Ok(bench)
}

fn headline(bench: &job::Bench) -> String {
    format!(
        "{}: {}, {} frames, batch of {}, median of {}\n{:10}{:>10}{:>18}{:>12}{:>10}{:>10}",
        one_line(&bench.subject.to_string()),
        bench.size,
        bench.frames,
        bench.batch,
        bench.runs,
        "stage",
        "seconds",
        "per second",
        "peak",
        "first",
        "load",
    )
}

fn row(measurement: &Measurement) -> String {
    let rate = measurement.rate();
    let digits = if rate < 100.0 { 2 } else { 0 };
    format!(
        "{:10}{:>10.3}{:>18}{:>12}{:>10.2}{:>10.2}",
        measurement.part.to_string(),
        measurement.seconds(),
        format!("{rate:.digits$} {}", measurement.part.unit()),
        format::bytes(measurement.peak_memory as u64),
        measurement.first,
        measurement.load,
    )
}

fn started(bench: &job::Bench) -> String {
    json!({
        "event": "started",
        "model": bench.subject.to_string(),
        "size": bench.size,
        "frames": bench.frames,
        "batch": bench.batch,
        "precision": bench.compute.precision,
        "quantize": bench.compute.quantize,
        "vae_precision": bench.compute.vae_precision,
    })
    .to_string()
}

/// A measurement with what follows from it.
#[derive(Serialize)]
struct Measured<'a> {
    event: &'static str,
    #[serde(flatten)]
    measurement: &'a Measurement,
    unit: &'static str,
    seconds: f64,
    units_per_second: f64,
}

fn object(measurement: &Measurement) -> String {
    let measured = Measured {
        event: "measured",
        measurement,
        unit: measurement.part.unit(),
        seconds: measurement.seconds(),
        units_per_second: measurement.rate(),
    };
    serde_json::to_string(&measured).unwrap_or_default()
}
