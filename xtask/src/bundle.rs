//! `bundle`: the app as people download it.
//!
//! What packs, seals and checks it is a workspace of its own in `bundle/`: it brings along hundreds of crates
//! that nothing else here needs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{cmd, macos, no_args, places};

/// Where the app and its archives are made.
pub fn folder() -> PathBuf {
    places::target().join("app")
}

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    no_args("bundle", args)?;
    // What is checked below is worth as much as the checks.
    cmd::run(packer("test").arg("--quiet"))?;
    make()
}

/// Builds, packs, seals and checks the app.
pub fn make() -> Result<()> {
    let parts = macos::build()?;
    cmd::run(
        packer("run")
            .args(["--quiet", "--", "pack"])
            .arg(places::root())
            .arg(&parts.program)
            .args(&parts.mlx)
            .arg(app()),
    )?;
    archive()
}

/// Packs the app for the download.
pub fn archive() -> Result<()> {
    let zip = folder().join("Zoetrope.zip");
    cmd::run(
        packer("run")
            .args(["--quiet", "--", "archive"])
            .args([app(), zip]),
    )?;
    if cfg!(target_os = "macos") {
        make_disk_image()?;
    }
    Ok(())
}

fn app() -> PathBuf {
    folder().join("Zoetrope.app")
}

/// A verb of cargo for the crate that packs the app.
pub fn packer(verb: &str) -> Command {
    let mut cargo = cmd::cargo();
    cargo
        .arg(verb)
        .arg("--manifest-path")
        .arg(places::root().join("bundle/Cargo.toml"))
        .env("CARGO_TARGET_DIR", places::target().join("bundle"));
    cargo
}

/// Only a Mac can make one.
fn make_disk_image() -> Result<()> {
    cmd::run(
        Command::new("hdiutil")
            .args(["create", "-ov", "-fs", "APFS", "-format", "ULFO"])
            .args(["-volname", "Zoetrope", "-srcfolder"])
            .arg(app())
            .arg(folder().join("Zoetrope.dmg")),
    )
}
