//! The compilers and the linker that make programs for Apple Silicon on Linux.
//!
//! C and C++ are compiled by Zig, which brings clang and Darwin's headers in one wheel, and linked by LLVM's
//! linker. Neither speaks the dialect that cargo and build scripts expect of a Mac, so small scripts call this
//! program, which translates. Their paths never change: another path would make cargo build everything again.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::{MINIMUM, sdk, target, write_script};
use crate::wheel::Wheels;
use crate::{cache, debian, places};

/// Of Debian's security updates.
const LLVM: [&str; 2] = ["lld-22", "llvm-22"];
const LINKER: &str = "/usr/bin/ld64.lld-22";
const ARCHIVER: &str = "/usr/bin/llvm-ar-22";

const ZIG: Wheels = Wheels {
    what: "Zig 0.17.1 (101 MB)",
    platforms: &["manylinux_2_12_x86_64"],
    pins: "ziglang==0.17.1 --hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54\n",
};

/// Where the tools are.
pub struct Tools {
    pub cc: PathBuf,
    pub cxx: PathBuf,
    pub archiver: &'static str,
    pub linker: PathBuf,
}

impl Tools {
    /// Installs what is missing.
    pub fn install() -> Result<Self> {
        debian::install(&LLVM)?;
        sdk::write(&zig()?)?;
        let tool = |name: &str, verb: &str| -> Result<PathBuf> {
            let this = std::env::current_exe()?;
            let root = places::root();
            let script = target().join("tools").join(name);
            // The variable, by which this program knows its repository, names whatever cargo is building.
            let text = format!(
                "#!/bin/sh\nCARGO_MANIFEST_DIR='{}/xtask' exec '{}' {verb} \"$@\"\n",
                root.display(),
                this.display()
            );
            write_script(&script, &text)?;
            Ok(script)
        };
        Ok(Self {
            cc: tool("cc", "apple-cc")?,
            cxx: tool("c++", "apple-c++")?,
            archiver: ARCHIVER,
            linker: tool("ld64.lld", "apple-ld")?,
        })
    }
}

/// The hidden verbs `apple-cc` and `apple-c++`; `language` is Zig's name for the compiler.
pub fn compile(language: &str, args: &[String]) -> Result<()> {
    let zig = zig()?;
    let cache = target().join("zig");
    let mut compiler = Command::new(zig.join("zig"));
    compiler
        .args([language, "-target", &format!("aarch64-macos.{MINIMUM}")])
        .args(["-fno-sanitize=undefined", "-g0"])
        .args(for_zig(args))
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .env("ZIG_LOCAL_CACHE_DIR", &cache);
    Err(compiler.exec()).context("Zig could not be started")
}

/// The hidden verb `apple-ld`.
pub fn link(args: &[String]) -> Result<()> {
    let mut linker = Command::new(LINKER);
    linker
        .arg("-syslibroot")
        .arg(sdk::folder())
        // Nothing looks the program's own symbols up, and the signature needs room among the load commands.
        .args([
            "-S",
            "-x",
            "-no_exported_symbols",
            "-headerpad_max_install_names",
        ])
        // Whoever adds to the list of symbols wants to know all that are missing.
        .arg("--error-limit=0")
        .args(for_linker(args));
    Err(linker.exec()).with_context(|| format!("{LINKER} could not be started"))
}

/// The folder of Zig.
fn zig() -> Result<PathBuf> {
    let folder = cache::folder("ziglang-0.17.1", |folder| ZIG.install(folder))?;
    Ok(folder.join("ziglang"))
}

/// Zig is told the target once and for all, in its own words.
fn for_zig(args: &[String]) -> Vec<&str> {
    let mut kept = Vec::new();
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        match arg {
            "-arch" | "-isysroot" => {
                args.next();
            }
            _ if arg.starts_with("--target=") => {}
            _ if arg.starts_with("-mmacosx-version-min=") => {}
            _ if arg.starts_with("-mmacos-version-min=") => {}
            _ => kept.push(arg),
        }
    }
    kept
}

/// rustc takes the linker for a compiler that links.
fn for_linker(args: &[String]) -> Vec<&str> {
    let mut words = Vec::new();
    for arg in args {
        if let Some(for_linker) = arg.strip_prefix("-Wl,") {
            words.extend(for_linker.split(','));
        } else if arg.starts_with("-mmacosx-version-min=") {
            // The system treats the app as one made for the oldest system, the best known there is.
            words.extend(["-platform_version", "macos", MINIMUM, MINIMUM]);
        } else if arg != "-nodefaultlibs" && !arg.starts_with("-fuse-ld=") {
            words.push(arg);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(Into::into).collect()
    }

    #[test]
    fn what_names_the_target_is_kept_from_zig() {
        let args = words(
            "-O3 --target=arm64-apple-macosx -arch arm64 -mmacosx-version-min=14.0 -c a.c -o a.o",
        );
        assert_eq!(for_zig(&args).join(" "), "-O3 -c a.c -o a.o");
    }

    #[test]
    fn the_linker_gets_its_own_words() {
        let args = words(
            "-arch arm64 -mmacosx-version-min=11.0.0 -Wl,-rpath,@executable_path/../lib a.o -nodefaultlibs -lc",
        );
        assert_eq!(
            for_linker(&args).join(" "),
            "-arch arm64 -platform_version macos 14.0 14.0 -rpath @executable_path/../lib a.o -lc"
        );
    }
}
