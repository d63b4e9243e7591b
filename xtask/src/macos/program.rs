//! The program of the app.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::mlx::Mlx;
use super::tools::Tools;
use super::{MINIMUM, cargo, target};
use crate::{cmd, places, setup};

/// What the app is packed from.
pub struct Parts {
    /// The program, stripped.
    pub program: PathBuf,
    /// The folders with MLX's libraries and kernels for macOS 14, and for macOS 26.2.
    pub mlx: [PathBuf; 2],
}

/// Builds the program for Apple Silicon, on a Mac or on Linux.
pub fn build() -> Result<Parts> {
    let bindings = setup::ensure()?.context(
        "the app is built with Apple's MLX: run cargo xtask setup without --from-source",
    )?;
    let (mlx, mut cargo) = if cfg!(target_os = "macos") {
        let mut cargo = cmd::cargo();
        cargo
            .args(["build", "--target=aarch64-apple-darwin", "--target-dir"])
            .arg(target())
            .arg("--manifest-path")
            .arg(places::root().join("Cargo.toml"));
        (Mlx::install(None)?, cargo)
    } else {
        let tools = Tools::install()?;
        let mut cargo = cargo("build")?;
        cargo
            .env("CC_aarch64_apple_darwin", &tools.cc)
            .env("CXX_aarch64_apple_darwin", &tools.cxx)
            .env("AR_aarch64_apple_darwin", tools.archiver)
            .env("CARGO_TARGET_AARCH64_APPLE_DARWIN_LINKER", &tools.linker)
            // The linker strips; to do it themselves, rustc and cargo want a tool that Debian lacks.
            .args([
                "--config",
                r#"profile.release.package.zoetrope.strip="none""#,
            ]);
        (Mlx::install(Some(&tools))?, cargo)
    };
    cargo
        .args([
            "--release",
            "--package=zoetrope",
            "--bin=zoetrope",
            "--config",
        ])
        .arg(mlx.config(&bindings)?)
        .env("MACOSX_DEPLOYMENT_TARGET", MINIMUM)
        // Away from the repository's own configuration, which says where the MLX of this machine lies.
        .current_dir("/");
    cmd::run(&mut cargo)?;
    Ok(Parts {
        program: target().join("aarch64-apple-darwin/release/zoetrope"),
        mlx: mlx.builds(),
    })
}
