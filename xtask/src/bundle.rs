//! `bundle`: the app as people download it.
//!
//! What packs, seals and checks it is a workspace of its own in `bundle/`: it brings along hundreds of crates
//! that nothing else here needs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

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
    let mut pack = packer("run");
    pack.args(["--quiet", "--", "archive"]).args([app(), zip]);
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"])
        .current_dir(places::root());
    // A source folder without its history has no time.
    if let Ok(time) = cmd::read(&mut git) {
        pack.env("SOURCE_DATE_EPOCH", time);
    }
    cmd::run(&mut pack)?;
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

/// How often an image is tried: on machines that others use, too, the system is busy with the last one now and then.
const TRIES: u32 = 10;

/// Only a Mac can make one. In it lies the app beside a way to where it belongs.
fn make_disk_image() -> Result<()> {
    let inside = folder().join("image");
    if inside.exists() {
        fs::remove_dir_all(&inside)?;
    }
    fs::create_dir_all(&inside)?;
    cmd::run(
        Command::new("ditto")
            .arg(app())
            .arg(inside.join("Zoetrope.app")),
    )?;
    symlink("/Applications", inside.join("Applications"))?;
    let make = || {
        cmd::run(
            Command::new("hdiutil")
                .args(["create", "-ov", "-fs", "APFS", "-format", "ULFO"])
                .args(["-volname", "Zoetrope", "-srcfolder"])
                .arg(&inside)
                .arg(disk_image()),
        )
    };
    again(TRIES, Duration::from_secs(5), make)?;
    Ok(fs::remove_dir_all(inside)?)
}

/// The disk image.
pub fn disk_image() -> PathBuf {
    folder().join("Zoetrope.dmg")
}

/// Tries so often at most, with a rest between.
fn again(tries: u32, rest: Duration, mut attempt: impl FnMut() -> Result<()>) -> Result<()> {
    for _ in 1..tries {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(error) => eprintln!("{error}; once more"),
        }
        thread::sleep(rest);
    }
    attempt()
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    /// Breaks when a release fails because a machine was busy for a moment, or is tried for ever.
    #[test]
    fn what_fails_now_and_then_is_tried_again() {
        let fail_first = |failures: u32| {
            let mut tried = 0;
            let result = again(3, Duration::ZERO, || {
                tried += 1;
                if tried <= failures {
                    bail!("Resource busy");
                }
                Ok(())
            });
            (result.is_ok(), tried)
        };
        assert_eq!(fail_first(0), (true, 1));
        assert_eq!(fail_first(2), (true, 3));
        assert_eq!(fail_first(9), (false, 3));
    }
}
