//! The Rust bindings of mlx-c, made as the build script of `mlx-sys` makes them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::pins;
use crate::cmd;

const RUST_TARGET: &str = "1.73.0";

/// mlx-c declares its half-precision accessors on ARM only. Off ARM, clang's `__fp16` makes bindgen name
/// the type that mlx-rs expects.
const HALF_TYPES: &str = "\
#if !defined(__aarch64__)
#include <stdint.h>
typedef __fp16 float16_t;
typedef uint16_t bfloat16_t;
#define HAS_FLOAT16
#define HAS_BFLOAT16
#endif
";

/// What decides the bindings, besides mlx-c.
pub fn recipe() -> String {
    format!(
        "bindings: bindgen 0.72, Rust {RUST_TARGET}\n{}{HALF_TYPES}",
        pins::LIBCLANG.pins
    )
}

/// Writes `bindings.rs` in the workshop.
pub fn make(mlx_c: &Path, workshop: &Path) -> Result<()> {
    let mut bindgen = Command::new(std::env::current_exe()?);
    bindgen.arg("bindings").arg(mlx_c).arg(workshop);
    let libclang = workshop.join("libclang");
    if cfg!(target_os = "linux") {
        pins::LIBCLANG.install(&libclang)?;
        // bindgen finds libclang through this variable alone, and a process may not safely set its own:
        // hence another process.
        bindgen.env("LIBCLANG_PATH", libclang.join("clang/native"));
    }
    eprintln!("  writing the Rust bindings");
    cmd::run(&mut bindgen)?;
    if libclang.exists() {
        fs::remove_dir_all(libclang)?;
    }
    Ok(())
}

/// The hidden verb `bindings MLX_C WORKSHOP`.
pub fn generate(args: &[String]) -> Result<()> {
    let [mlx_c, workshop] = args else {
        bail!("bindings wants the folder of mlx-c and that of the result")
    };
    let (mlx_c, workshop) = (Path::new(mlx_c), Path::new(workshop));
    let half_types = workshop.join("half_types.h");
    fs::write(&half_types, HALF_TYPES)?;

    let mut builder = bindgen::builder()
        .rust_target(
            RUST_TARGET
                .parse()
                .map_err(|_| anyhow::anyhow!("bindgen knows no Rust {RUST_TARGET}"))?,
        )
        .clang_arg(format!("-I{}", mlx_c.display()))
        .blocklist_function("malloc")
        .blocklist_function("realloc")
        .header(half_types.to_string_lossy());
    if cfg!(target_os = "linux") {
        // The wheel has no headers of its own: stddef.h and its like are the compiler's.
        let headers = cmd::read(Command::new("cc").arg("-print-file-name=include"))?;
        builder = builder.clang_arg(format!("-I{headers}"));
    }
    for header in super::files(&mlx_c.join("mlx/c"), "h")? {
        builder = builder.header(header.to_string_lossy());
    }
    let bindings = builder
        .generate()
        .context("bindgen could not read the headers of mlx-c")?;
    Ok(bindings.write_to_file(workshop.join("bindings.rs"))?)
}
