//! `tarball`: the program for Linux with all that it needs, in one folder that may lie anywhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{cmd, no_args, places, setup};

/// MLX, BLAS and what they need lie in `lib`, and take the place of this machine's.
const LAUNCHER: &str = r#"#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/lib/zoetrope" "$@"
"#;

/// What else is in it, by its place in the repository.
const FILES: [&str; 7] = [
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "assets/demo",
    "bundle/icon/zoetrope.svg",
    "bundle/linux/app.zoetrope.Zoetrope.desktop",
];

const NAME: &str = concat!("zoetrope-", env!("CARGO_PKG_VERSION"), "-linux-x86_64");

/// Where the result is.
pub fn file() -> PathBuf {
    places::target().join(format!("{NAME}.tar.gz"))
}

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    no_args("tarball", args)?;
    if !cfg!(target_os = "linux") {
        bail!("tarball is for Linux; a Mac gets the app of cargo xtask bundle");
    }
    let mlx = setup::ensure()?.context("there is no prebuilt MLX")?;
    cmd::run(cmd::cargo().args(["build", "--release", "--package=zoetrope"]))?;

    let folder = places::target().join(NAME);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let lib = folder.join("lib");
    fs::create_dir_all(&lib)?;
    copy(&places::target().join("release/zoetrope"), &lib)?;
    for library in libraries(&mlx)? {
        copy(&library, &lib)?;
    }
    for file in FILES {
        let target = folder.join(file);
        fs::create_dir_all(target.parent().unwrap_or(&folder))?;
        copy(&places::root().join(file), &target)?;
    }
    // How the built-in model was made is of no use without the rest of the repository.
    fs::remove_dir_all(folder.join("assets/demo/train"))?;
    let launcher = folder.join("zoetrope");
    fs::write(&launcher, LAUNCHER)?;
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755))?;
    cmd::run(Command::new(&launcher).arg("doctor"))?;

    cmd::run(
        Command::new("tar")
            .args(["--create", "--gzip", "--owner=0", "--group=0", "--file"])
            .arg(file())
            .arg("--directory")
            .arg(places::target())
            .arg(NAME),
    )?;
    eprintln!("{} holds Zoetrope for Linux", file().display());
    Ok(())
}

/// MLX in the folder of setup, and the BLAS that it uses.
fn libraries(mlx: &Path) -> Result<Vec<PathBuf>> {
    let mut libraries = Vec::new();
    for folder in ["lib", "wheel/mlx/lib", "wheel/mlx_cpu.libs"] {
        for entry in fs::read_dir(mlx.join(folder)).into_iter().flatten() {
            libraries.push(entry?.path());
        }
    }
    Ok(libraries
        .into_iter()
        .filter(|path| path.is_file())
        .collect())
}

/// As `cp` does it: a folder with everything in it, and what a link leads to.
fn copy(from: &Path, to: &Path) -> Result<()> {
    cmd::run(
        Command::new("cp")
            .args(["--recursive", "--dereference"])
            .arg(from)
            .arg(to),
    )
}
