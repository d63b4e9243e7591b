//! Prebuilt programs and libraries from PyPI. pip fetches them, checks their hashes and unpacks them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{cache, cmd};

/// Files on PyPI, each pinned to its hash.
pub struct Wheels {
    /// What a reader of the progress is told.
    pub what: &'static str,
    /// The platforms as PyPI names them; this machine's when there is none.
    pub platforms: &'static [&'static str],
    /// A requirements file of pip.
    pub pins: &'static str,
}

impl Wheels {
    /// Fetches the wheels and unpacks them into the new folder `folder`.
    pub fn install(&self, folder: &Path) -> Result<()> {
        let mut pip = pip()?;
        eprintln!("  fetching {} from PyPI", self.what);
        fs::create_dir_all(folder)?;
        let pins = folder.join("requirements.txt");
        fs::write(&pins, self.pins)?;
        for platform in self.platforms {
            pip.args(["--platform", platform]);
        }
        // The wheels hold no Python code, so one version of Python stands for all: by itself, pip would refuse
        // a wheel that asks for a newer Python than the system's.
        pip.args([
            "--python-version=3.12",
            "--only-binary=:all:",
            "--no-deps",
            "--require-hashes",
        ])
        .arg("--requirement")
        .arg(&pins)
        .arg("--target")
        .arg(folder);
        cmd::run(&mut pip).with_context(|| {
            format!(
                "{} could not be fetched: check the connection to PyPI",
                self.what
            )
        })
    }
}

/// `pip install`, of the system's Python or else of a virtual environment.
fn pip() -> Result<Command> {
    let mut python = Command::new("python3");
    if !cmd::works(Command::new("python3").args(["-m", "pip", "--version"])) {
        let venv = cache::folder("venv", |folder| {
            if !cmd::works(Command::new("python3").args(["-m", "venv"]).arg(folder)) {
                bail!(
                    "Python 3 with pip is missing: install it (Debian: apt install python3-pip; macOS: xcode-select --install)"
                );
            }
            Ok(())
        })?;
        python = Command::new(venv.join("bin/python3"));
    }
    // The variable, unlike the option of that name, does not trouble an old pip that knows no such thing.
    python.env("PIP_ROOT_USER_ACTION", "ignore");
    python.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    Ok(python)
}
