//! mlx-c, the C face of MLX, compiled against the wheel's libmlx into one shared library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context as _, Result, anyhow};

use crate::cmd;

const SHIM: &str = include_str!("shim.h");
const MACH_TIME: &str = include_str!("mach_time.c");
const FLAGS: [&str; 3] = ["-std=c++20", "-O2", "-fPIC"];

/// What decides the library, besides mlx-c and the wheel.
pub fn recipe() -> String {
    format!("libmlxc: {}\n{SHIM}\n{MACH_TIME}", FLAGS.join(" "))
}

/// The system's OpenBLAS, as the linker finds it.
pub fn find_openblas() -> Option<PathBuf> {
    let answer = cmd::read(Command::new("c++").arg("-print-file-name=libopenblas.so.0")).ok()?;
    // A library that is not found is answered with its bare name.
    Some(PathBuf::from(answer)).filter(|path| path.is_absolute())
}

/// Makes `lib/libmlxc` in the workshop, where the wheel already lies.
pub fn build(mlx_c: &Path, workshop: &Path, openblas: Option<&Path>) -> Result<()> {
    let objects = workshop.join("objects");
    fs::create_dir_all(&objects)?;
    let shim = objects.join("shim.h");
    fs::write(&shim, SHIM)?;

    let mut jobs = Vec::new();
    for source in cpp_files(&mlx_c.join("mlx/c"))? {
        let name = source.file_name().unwrap_or_default().to_owned();
        let mut job = Command::new("c++");
        job.args(FLAGS)
            .arg("-I")
            .arg(workshop.join("wheel/mlx/include"))
            .arg("-I")
            .arg(mlx_c)
            .arg("-include")
            .arg(&shim)
            .arg("-c")
            .arg(&source)
            .arg("-o")
            .arg(objects.join(&name).with_extension("o"));
        jobs.push((name.to_string_lossy().into_owned(), job));
    }
    if cfg!(target_os = "linux") {
        let source = objects.join("mach_time.c");
        fs::write(&source, MACH_TIME)?;
        let mut job = Command::new("cc");
        job.args(["-O2", "-fPIC", "-c"])
            .arg(&source)
            .arg("-o")
            .arg(source.with_extension("o"));
        jobs.push(("mach_time.c".to_owned(), job));
    }
    compile(jobs)?;
    link(&objects, workshop, openblas)?;
    Ok(fs::remove_dir_all(&objects)?)
}

fn cpp_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "cpp") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Runs the jobs, as many at a time as there are cores. The first failure ends its thread, and is reported.
fn compile(jobs: Vec<(String, Command)>) -> Result<()> {
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
fn link(objects: &Path, workshop: &Path, openblas: Option<&Path>) -> Result<()> {
    let lib = workshop.join("lib");
    fs::create_dir_all(&lib)?;
    let mut linker = Command::new("c++");
    linker.arg("-shared");
    for entry in fs::read_dir(objects)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "o") {
            linker.arg(path);
        }
    }
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
            "-Wl,-rpath,$ORIGIN/../wheel/mlx/lib",
        ]);
        linker.arg("-o").arg(lib.join("libmlxc.so"));
    }
    // OpenBLAS comes ahead of libmlx, which brings the reference BLAS: symbols are looked up in this order.
    // mlx-c itself calls none of them, hence --no-as-needed.
    if let Some(openblas) = openblas {
        linker.arg("-Wl,--no-as-needed").arg(openblas);
    }
    linker
        .arg("-L")
        .arg(workshop.join("wheel/mlx/lib"))
        .arg("-lmlx");
    cmd::run(&mut linker).context("libmlxc could not be linked")
}
