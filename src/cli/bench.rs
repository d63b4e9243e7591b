//! `zoetrope bench`: how fast this machine is, stage by stage.

use serde::Serialize;
use serde_json::json;

use super::args::Bench as Arguments;
use super::{follow, format, print, print_json};
use crate::error::Result;
use crate::job::plain_text::one_line;
use crate::job::{Bench, Command, Event, Measurement, Subject};

/// Measures what the arguments ask for and prints each stage as it is done.
///
/// # Errors
/// The model or the size cannot be measured, or Ctrl-C.
pub fn run(args: &Arguments) -> Result<()> {
    let bench = bench(args)?;
    if args.json {
        print_json(&started(&bench))?;
    } else {
        print(&headline(&bench))?;
    }
    let mut unread = Ok(());
    follow::follow(
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
    )?;
    unread
}

fn bench(args: &Arguments) -> Result<Bench> {
    let subject = match args.synthetic {
        Some(published) => Subject::Synthetic(published),
        None => Subject::Installed(Box::new(args.model.open()?)),
    };
    let usual = Bench::of(subject);
    let bench = Bench {
        size: args.size.unwrap_or(usual.size),
        frames: args.frames.unwrap_or(usual.frames),
        batch: args.batch,
        parts: if args.stages.is_empty() {
            usual.parts
        } else {
            args.stages.clone()
        },
        precision: args.dtype,
        quantize: args.quantize,
        decoding: args.vae_dtype,
        runs: args.runs,
        ..usual
    };
    bench.check()?;
    Ok(bench)
}

fn headline(bench: &Bench) -> String {
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

fn started(bench: &Bench) -> String {
    json!({
        "event": "started",
        "model": bench.subject.to_string(),
        "size": bench.size,
        "frames": bench.frames,
        "batch": bench.batch,
        "precision": bench.precision,
        "quantize": bench.quantize,
        "vae_precision": bench.decoding,
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
