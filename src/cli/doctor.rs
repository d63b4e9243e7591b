//! `zoetrope doctor`: what this machine has, and what is missing.

use std::fs;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

use super::{format, print, shown};
use crate::catalog;
use crate::dirs;
use crate::engine::{device, probe};
use crate::error::{Error, Result};
use crate::job::Problem;
use crate::job::plain_text::one_line;
use crate::logging;
use crate::words::english;

/// Below this much memory, models larger than the built-in one will hardly run.
const SMALL: u64 = 15_000_000_000;

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
/// Something without which no video can be made is missing.
pub fn run() -> Result<()> {
    let mlx = device::examine();
    // MLX loads its libraries, BLAS among them, before this.
    let findings = [
        program(),
        system(),
        memory(),
        engine(&mlx),
        results(),
        blas(),
        built_in(),
        log(),
    ];
    print(&findings.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    match mlx {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Other(
            "Zoetrope cannot make videos without MLX".into(),
        )),
    }
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
    let ram = MemoryRefreshKind::nothing().with_ram();
    let Ok(system) = System::new_with_specifics(RefreshKind::nothing().with_memory(ram)) else {
        return Finding::new("Memory", "unknown");
    };
    let (total, free) = (system.total_memory(), system.available_memory());
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
fn results() -> Finding {
    const WHAT: &str = "Results";
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
