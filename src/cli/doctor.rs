//! `zoetrope doctor`: what this machine has, and what is missing.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use sysinfo::System;

use super::{format, interrupt, print, say, shown};
use crate::catalog;
use crate::engine::{device, memory as machine, probe, survey};
use crate::error::{Error, Result};
use crate::job::Problem;
use crate::job::plain_text::one_line;
use crate::logging;
use crate::words::english;
use crate::{dirs, disk};

/// Below this much memory, models larger than the built-in one will hardly run.
const SMALL: u64 = 15_000_000_000;

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Measure this machine as well, without any model, and write it all down as JSON, to be attached to a report
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,

    /// What measuring may take; a part that was begun is finished
    #[arg(long, value_name = "N", default_value_t = 10.0, requires = "report", value_parser = minutes)]
    pub minutes: f64,
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=600.0).contains(&number) => Ok(number),
        _ => Err("give a number of minutes".into()),
    }
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    found: String,
    advice: Option<String>,
}

impl Finding {
    fn new(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            what,
            found: found.into(),
            advice: None,
        }
    }

    fn but(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

/// Looks at everything that the program needs and prints what it finds.
///
/// # Errors
/// Something without which no video can be made is missing, or the report cannot be written.
pub fn run(args: &Doctor) -> Result<()> {
    let mlx = device::examine();
    // MLX loads its libraries, BLAS among them, before this.
    let findings = [
        program(),
        system(),
        memory(),
        engine(&mlx),
        results(&mlx),
        blas(),
        built_in(),
        log(),
    ];
    print(&findings.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    match mlx {
        Ok(_) => match &args.report {
            Some(file) => report(file, Duration::from_secs_f64(60.0 * args.minutes)),
            None => Ok(()),
        },
        Err(_) => Err(Error::Other(
            "Zoetrope cannot make videos without MLX".into(),
        )),
    }
}

/// Measures, and writes the report. The file is made first, so that nobody waits for nothing.
fn report(file: &Path, patience: Duration) -> Result<()> {
    let mut begun = disk::PartialFile::create(file)?;
    let stopped = interrupt::flag();
    let report = survey::report(patience, &mut |next| {
        say(&format!("Measuring {next}"));
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        Ok(())
    })?;
    let json = serde_json::to_vec_pretty(&report)
        .map_err(|error| Error::Other(format!("The report cannot be written: {error}")))?;
    begun.write_all(&json).map_err(Error::file("write", file))?;
    begun.finish()?;
    print(&format!("Wrote {}", shown(file)))
}

fn line(
    Finding {
        what,
        found,
        advice,
    }: &Finding,
) -> String {
    match advice {
        None => format!("{what:16}{found}"),
        Some(advice) => format!("{what:16}{found}\n{:16}→ {advice}", ""),
    }
}

fn program() -> Finding {
    Finding::new("Zoetrope", env!("CARGO_PKG_VERSION"))
}

fn system() -> Finding {
    let name = System::long_os_version().unwrap_or_else(|_| std::env::consts::OS.into());
    Finding::new("System", format!("{name}, {}", System::cpu_arch()))
}

fn memory() -> Finding {
    let Ok(machine) = machine::machine() else {
        return Finding::new("Memory", "unknown");
    };
    let (total, free) = (machine.total, machine.available);
    let found = Finding::new(
        "Memory",
        format!(
            "{}, {} of it free",
            format::bytes(total),
            format::bytes(free)
        ),
    );
    if total < SMALL {
        found.but("Enough for the built-in model and small videos; large models need 16 GB or more")
    } else {
        found
    }
}

fn engine(mlx: &Result<device::Mlx>) -> Finding {
    match mlx {
        Ok(mlx) => {
            let version = mlx.version.as_deref().unwrap_or("(of an unknown version)");
            Finding::new("MLX", format!("{version} on {}", mlx.device))
        }
        Err(error) => Finding::new("MLX", format!("does not work: {error}"))
            .but("Run `cargo xtask setup` in the source folder, or install Zoetrope again"),
    }
}

/// Whether what MLX computes is right.
fn results(mlx: &Result<device::Mlx>) -> Finding {
    const WHAT: &str = "Results";
    if mlx.as_ref().is_ok_and(|mlx| mlx.is_processor) {
        return Finding::new(WHAT, "those of the CPU");
    }
    match probe::run() {
        Ok(None) => Finding::new(WHAT, "same results as the CPU"),
        Ok(Some(fault)) => Finding::new(WHAT, format!("The GPU {}", english::device_fault(fault))).but(
            "Videos may be damaged: update the system, or run on the CPU (--cpu). Report it with the model of this machine",
        ),
        Err(error) => Finding::new(WHAT, format!("not compared: {error}")),
    }
}

fn blas() -> Finding {
    if cfg!(target_os = "macos") {
        return Finding::new("BLAS", "Accelerate, part of macOS");
    }
    let libraries = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    if libraries.contains("libopenblas") {
        Finding::new("BLAS", "OpenBLAS")
    } else {
        Finding::new("BLAS", "reference (slow)").but("Run `cargo xtask setup` and build again")
    }
}

/// Where the log lies, and what went wrong last.
fn log() -> Finding {
    const SHOWN: usize = 3;
    let Some(folder) = dirs::log() else {
        return Finding::new("Log", "none: no home folder");
    };
    let found = Finding::new("Log", folder.display().to_string());
    match logging::last_errors(SHOWN).as_slice() {
        [] => found,
        errors => found.but(format!("Last errors:\n{}", errors.join("\n"))),
    }
}

fn built_in() -> Finding {
    const WHAT: &str = "Built-in model";
    match catalog::built_in() {
        Ok(checkpoint) => Finding::new(
            WHAT,
            format!(
                "{} in {}",
                one_line(&checkpoint.name),
                shown(&checkpoint.root)
            ),
        ),
        Err(Error::Problem(Problem::NoBuiltIn)) => {
            Finding::new(WHAT, "missing").but("Choose another model with --model")
        }
        Err(error) => Finding::new(WHAT, error.to_string()).but("Install Zoetrope again"),
    }
}
