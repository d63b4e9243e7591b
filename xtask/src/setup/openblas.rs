//! OpenBLAS, from a wheel as MLX is, so that nobody has to install it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::pins::OPENBLAS;
use crate::cmd;

/// The name under which OpenBLAS asks for Fortran's runtime, and the version of its symbols.
const FORTRAN: &str = "libgfortran.so.5";
const FORTRAN_SYMBOLS: &str = "GFORTRAN_8 { };\n";

/// Puts OpenBLAS into `lib` of the workshop, where MLX's wheel already lies. Returns what to link, in this order.
pub fn bring(workshop: &Path) -> Result<Vec<PathBuf>> {
    let unpacked = workshop.join("openblas");
    OPENBLAS.install(&unpacked)?;
    let lib = workshop.join("lib");
    fs::create_dir_all(&lib)?;
    let openblas = lib.join("libopenblas.so.0");
    fs::copy(
        unpacked.join("cmeel.prefix/lib/libopenblas.so.0"),
        &openblas,
    )?;
    fs::remove_dir_all(&unpacked)?;
    Ok(vec![fortran(workshop, &lib)?, openblas])
}

/// Fortran's runtime comes with MLX, under a name that carries a hash. An empty library of the plain name leads there.
fn fortran(workshop: &Path, lib: &Path) -> Result<PathBuf> {
    let runtime = bundled_runtime(workshop)?;
    let folder = runtime
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default();
    let versions = workshop.join("fortran.map");
    fs::write(&versions, FORTRAN_SYMBOLS)?;
    let library = lib.join(FORTRAN);
    cmd::run(
        Command::new("c++")
            .args(["-shared", "-x", "c", "/dev/null", "-x", "none"])
            .arg(format!(
                "-Wl,-soname,{FORTRAN},--version-script={}",
                versions.display()
            ))
            .args(["-Wl,--enable-new-dtags", "-Wl,--no-as-needed"])
            .arg(format!("-Wl,-rpath,$ORIGIN/../wheel/{}", folder.display()))
            .arg(&runtime)
            .arg("-o")
            .arg(&library),
    )
    .context("the library that leads to Fortran's runtime could not be linked")?;
    fs::remove_file(&versions)?;
    Ok(library)
}

/// `wheel/*.libs/libgfortran-HASH.so.5.0.0`.
fn bundled_runtime(workshop: &Path) -> Result<PathBuf> {
    for folder in fs::read_dir(workshop.join("wheel"))? {
        let folder = folder?.path();
        if folder
            .extension()
            .is_some_and(|extension| extension == "libs")
        {
            for file in fs::read_dir(&folder)? {
                let file = file?;
                if file
                    .file_name()
                    .to_string_lossy()
                    .starts_with("libgfortran-")
                {
                    return Ok(file.path());
                }
            }
        }
    }
    anyhow::bail!("MLX's wheel brings no Fortran runtime, which OpenBLAS needs")
}
