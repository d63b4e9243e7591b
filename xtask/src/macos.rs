//! `check-macos`: the compiler's word that the app builds for Apple Silicon.
//!
//! On Linux, rustup has no standard library for macOS to offer without its own download; Debian packages a
//! compiler together with the matching sources of the standard library, which are checked along with the app.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{cmd, no_args, places, setup};

/// Debian's Rust, kept apart from the everyday one.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

/// Some dependencies compile C for the target, which the compiler of Linux refuses. A check links nothing, so
/// an empty object does; only the questions about the compiler itself are passed on to it.
const C_COMPILER: &str = r#"#!/bin/sh
for arg do
  [ "$arg" = -c ] && compiles=yes
  [ "$previous" = -o ] && object=$arg
  previous=$arg
done
[ "$compiles" ] || exec cc "$@"
exec cc -x c -c /dev/null -o "$object"
"#;

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    no_args("check-macos", args)?;
    setup::ensure()?;
    if cfg!(target_os = "macos") {
        return cmd::run(cmd::cargo().arg("check"));
    }
    install_debian_rust()?;
    // A target folder of its own: another compiler would make cargo build everything again, each time.
    let target = places::target().join("macos");
    let c_compiler = write_c_compiler(&target)?;
    cmd::run(
        Command::new(CARGO)
            .current_dir(places::root())
            .args([
                "check",
                "-Zbuild-std=std,panic_abort",
                "--target=aarch64-apple-darwin",
                "--target-dir",
            ])
            .arg(&target)
            // Only build scripts and macros are compiled to the end, and those not for speed.
            .args(["--config", r#"profile.dev.package."*".opt-level=0"#])
            .env("RUSTC", RUSTC)
            .env("RUSTC_BOOTSTRAP", "1") // for -Z on a stable compiler
            .env("CC_aarch64_apple_darwin", &c_compiler)
            .env("CXX_aarch64_apple_darwin", &c_compiler),
    )
}

fn install_debian_rust() -> Result<()> {
    if cmd::works(Command::new("dpkg").arg("--status").args(PACKAGES)) {
        return Ok(());
    }
    let is_root = cmd::read(Command::new("id").arg("-u")).is_ok_and(|user| user == "0");
    if !is_root || !cmd::works(Command::new("apt-get").arg("--version")) {
        bail!(
            "Debian's Rust is missing, or this is no Debian: install it (sudo apt install {})",
            PACKAGES.join(" ")
        );
    }
    eprintln!("Installing Debian's {}", PACKAGES.join(", "));
    cmd::run(Command::new("apt-get").args(["update", "--quiet=2"]))?;
    cmd::run(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet=2", "--no-install-recommends"])
            .args(PACKAGES),
    )
}

fn write_c_compiler(target: &Path) -> Result<PathBuf> {
    fs::create_dir_all(target)?;
    let path = target.join("cc");
    fs::write(&path, C_COMPILER)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_that_stands_in_makes_an_object_of_anything() {
        let folder = std::env::temp_dir().join(format!("zoetrope-cc-{}", std::process::id()));
        let compiler = write_c_compiler(&folder).unwrap();
        let object = folder.join("neon.o");
        let mut compile = Command::new(&compiler);
        compile
            .args([
                "-arch",
                "arm64",
                "-mmacosx-version-min=14.0",
                "-c",
                "neon.S",
                "-o",
            ])
            .arg(&object);
        assert!(compile.status().unwrap().success());
        assert!(object.exists());
        assert!(cmd::works(Command::new(&compiler).arg("--version")));
        fs::remove_dir_all(folder).unwrap();
    }
}
