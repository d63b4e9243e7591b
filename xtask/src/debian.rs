//! What Debian packages and this repository needs.

use std::process::Command;

use anyhow::{Result, bail};

use crate::cmd;

/// Installs what is missing of the `packages`; says how if it may not.
pub fn install(packages: &[&str]) -> Result<()> {
    if cmd::works(Command::new("dpkg").arg("--status").args(packages)) {
        return Ok(());
    }
    let is_root = cmd::read(Command::new("id").arg("-u")).is_ok_and(|user| user == "0");
    if !is_root || !cmd::works(Command::new("apt-get").arg("--version")) {
        bail!(
            "a package of Debian is missing, or this is no Debian: install it (sudo apt install {})",
            packages.join(" ")
        );
    }
    eprintln!("Installing Debian's {}", packages.join(", "));
    cmd::run(Command::new("apt-get").args(["update", "--quiet=2"]))?;
    cmd::run(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .args(packages),
    )
}
