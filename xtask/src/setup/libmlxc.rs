//! mlx-c, the C face of MLX, compiled against the wheel's libmlx into one shared library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context as _, Result, anyhow};

use crate::cmd;

const SHIM: &str = include_str!("shim.h");
const MACH_TIME: &str = include_str!("mach_time.cpp");
const FLAGS: [&str; 3] = ["-std=c++20", "-O2", "-fPIC"];

/// What decides the library, besides mlx-c and the wheel.
pub fn recipe() -> String {
    format!("libmlxc: {}\n{SHIM}\n{MACH_TIME}", FLAGS.join(" "))
}

/// Makes `lib/libmlxc` in the workshop, where the wheel already lies. The libraries of `blas` stand in for MLX's own.
pub fn build(mlx_c: &Path, workshop: &Path, blas: &[PathBuf]) -> Result<()> {
    let mut sources = super::files(&mlx_c.join("mlx/c"), "cpp")?;
    if cfg!(target_os = "linux") {
        let mach_time = workshop.join("mach_time.cpp");
        fs::write(&mach_time, MACH_TIME)?;
        sources.push(mach_time);
    }
    let objects = workshop.join("objects");
    compile(Path::new("c++"), &[], sources, mlx_c, workshop, &objects)?;
    link(&objects, workshop, blas)?;
    Ok(fs::remove_dir_all(&objects)?)
}

/// Compiles `sources`, files of mlx-c, against the wheel in the workshop into the new folder `objects`.
pub fn compile(
    compiler: &Path,
    flags: &[&str],
    sources: Vec<PathBuf>,
    mlx_c: &Path,
    workshop: &Path,
    objects: &Path,
) -> Result<()> {
    fs::create_dir_all(objects)?;
    let shim = objects.join("shim.h");
    fs::write(&shim, SHIM)?;
    let include = workshop.join("wheel/mlx/include");
    let job = |source: PathBuf| {
        let name = source.file_stem().unwrap_or_default().to_owned();
        let mut job = Command::new(compiler);
        job.args(FLAGS).args(flags);
        job.arg("-I").arg(&include).arg("-I").arg(mlx_c);
        job.arg("-include").arg(&shim).arg("-c").arg(source);
        job.arg("-o").arg(objects.join(&name).with_extension("o"));
        (name.to_string_lossy().into_owned(), job)
    };
    work_off(sources.into_iter().map(job).collect())
}

/// Runs the jobs, as many at a time as there are cores. The first failure ends its thread, and is reported.
fn work_off(jobs: Vec<(String, Command)>) -> Result<()> {
    let of = jobs.len();
    let queue = Mutex::new(jobs.into_iter().enumerate());
    let worker = || -> Result<()> {
        loop {
            let next = queue
                .lock()
                .map_err(|_| anyhow!("a compiling thread panicked"))?
                .next();
            let Some((index, (name, mut job))) = next else {
                return Ok(());
            };
            eprintln!("  compiling mlx-c [{}/{of}] {name}", index + 1);
            cmd::run(&mut job)?;
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|index| {
                thread::Builder::new()
                    .name(format!("compile {index}"))
                    .spawn_scoped(scope, worker)
            })
            .collect::<Result<_, _>>()?;
        for worker in workers {
            worker
                .join()
                .map_err(|_| anyhow!("a compiling thread panicked"))??;
        }
        Ok(())
    })
}

/// Both libraries are found through relative paths, so the folder may be renamed or copied.
fn link(objects: &Path, workshop: &Path, blas: &[PathBuf]) -> Result<()> {
    let lib = workshop.join("lib");
    fs::create_dir_all(&lib)?;
    let mut linker = Command::new("c++");
    linker.arg("-shared").args(super::files(objects, "o")?);
    if cfg!(target_os = "macos") {
        linker.args([
            "-install_name",
            "@rpath/libmlxc.dylib",
            "-Wl,-rpath,@loader_path/../wheel/mlx/lib",
        ]);
        linker.arg("-o").arg(lib.join("libmlxc.dylib"));
    } else {
        // A RUNPATH, unlike an RPATH, lets LD_LIBRARY_PATH put another libmlx in its place, such as CUDA's.
        linker.args([
            "-Wl,--enable-new-dtags",
            "-Wl,-rpath,$ORIGIN:$ORIGIN/../wheel/mlx/lib",
        ]);
        linker.arg("-o").arg(lib.join("libmlxc.so"));
    }
    // OpenBLAS comes ahead of libmlx, which brings the reference BLAS: symbols are looked up in this order.
    // mlx-c itself calls none of them, hence --no-as-needed.
    if !blas.is_empty() {
        linker.arg("-Wl,--no-as-needed").args(blas);
    }
    linker
        .arg("-L")
        .arg(workshop.join("wheel/mlx/lib"))
        .arg("-lmlx");
    cmd::run(&mut linker).context("libmlxc could not be linked")
}
