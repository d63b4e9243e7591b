//! `lint`: everything that can be said about the code without running it.

use std::process::Command;

use anyhow::Result;

use crate::wheel::Wheels;
use crate::{bundle, cache, cmd, licences, no_args, places, setup};

const TYPOS: Wheels = Wheels {
    what: "typos 1.52.0 (8 MB)",
    platforms: &[],
    // For Linux on x86-64 and for macOS on ARM.
    pins: "\
typos==1.52.0 \
--hash=sha256:418fd85f7fc11dec14e5482e747f6e916af56da96207cde0cdd69540a4b389f6 \
--hash=sha256:257324274303a459fef79978cae942568419d2e8b18519e5f66b93a7e2df2ba1
",
};

/// The verb. It stops at the first check that fails.
pub fn run(args: &[String]) -> Result<()> {
    no_args("lint", args)?;
    setup::ensure()?;

    step("format");
    cmd::run(cmd::cargo().args(["fmt", "--all", "--check"]))?;
    step("clippy");
    cmd::run(cmd::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny=warnings",
    ]))?;
    step("documentation");
    cmd::run(
        cmd::cargo()
            .args([
                "doc",
                "--workspace",
                "--no-deps",
                "--document-private-items",
            ])
            .env("RUSTDOCFLAGS", "--deny=warnings"),
    )?;
    step("spelling");
    cmd::run(typos()?.current_dir(places::root()))?;
    step("licences");
    licences::check()?;
    eprintln!("All clean");
    Ok(())
}

/// The same for the workspace in `bundle/`, whose dependencies take minutes to compile.
pub fn packer() -> Result<()> {
    step("the packer of the app");
    cmd::run(bundle::packer("fmt").arg("--check"))?;
    cmd::run(bundle::packer("clippy").args(["--all-targets", "--", "--deny=warnings"]))
}

fn step(name: &str) {
    eprintln!("— {name}");
}

fn typos() -> Result<Command> {
    let folder = cache::folder("typos-1.52.0", |folder| TYPOS.install(folder))?;
    Ok(Command::new(folder.join("bin/typos")))
}
