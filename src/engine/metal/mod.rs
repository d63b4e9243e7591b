//! MLX in the app: which of its two builds fits this system, and its kernels, which travel compressed.
//!
//! Apple builds MLX once for macOS 14 and later, and once for macOS 26.2 and later, whose Metal knows the
//! neural accelerators of recent chips. The program is linked against the first, which runs everywhere. Where
//! the second runs, the program starts itself again and has the system's loader take it instead.

mod kernels;

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use mlx_rs::metal::set_metallib_path;
use sysinfo::System;

use crate::dirs;
use crate::error::{Error, Result};

pub use kernels::unpack;

/// Where the loader of macOS looks for a library first.
const LIBRARIES: &str = "DYLD_LIBRARY_PATH";

/// Keeps a program that was started again from doing so for ever.
const STARTED_AGAIN: &str = "ZOETROPE_STARTED_AGAIN";

/// Tells a program that it was started in the place of one that the driver refused.
const STARTED_ANEW: &str = "ZOETROPE_STARTED_ANEW";

/// A build of MLX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// For macOS 14.0 and later.
    Metal14,
    /// For macOS 26.2 and later.
    Metal26,
}

impl Build {
    /// The one for a release of the system's kernel, such as `25.2.0`, which is that of macOS 26.2.
    ///
    /// What macOS says of its own version depends on what a program was linked against; the kernel says one
    /// thing to all.
    pub fn for_kernel(release: &str) -> Self {
        let mut numbers = release.split('.').map(|number| number.parse().unwrap_or(0));
        let release: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if release >= (25, 2) {
            Self::Metal26
        } else {
            Self::Metal14
        }
    }

    /// The name of its library's folder and of its kernels in the app.
    const fn name(self) -> &'static str {
        match self {
            Self::Metal14 => "metal-14",
            Self::Metal26 => "metal-26",
        }
    }

    /// Where its library is in an app with these contents.
    fn library(self, contents: &Path) -> PathBuf {
        contents.join("Frameworks").join(self.name())
    }
}

/// Gives MLX what it needs before it starts, where the program is part of an app: the build that fits this
/// system, and its kernels.
///
/// # Errors
/// The kernels cannot be unpacked.
pub fn prepare() -> Result<()> {
    let Some(contents) = contents() else {
        return Ok(());
    };
    let fitting = Build::for_kernel(&System::kernel_version().unwrap_or_default());
    let libraries = (fitting == Build::Metal26).then(|| fitting.library(&contents));
    if env::var_os(STARTED_AGAIN).is_none() && (libraries.is_some() || is_linked()) {
        start_again(libraries.as_deref());
    }
    let packed = format!("Resources/{}.metallib.zst", loaded(&contents).name());
    let folder = dirs::cache().unwrap_or_else(env::temp_dir);
    let kernels = unpack(&contents.join(packed), &folder.join("metal"))?;
    Ok(set_metallib_path(kernels.to_string_lossy())?)
}

/// Starts the program anew, without its arguments, beside this process: the driver refuses the process, not the program.
///
/// # Errors
/// The system does not start it.
pub fn start_anew() -> Result<()> {
    let failed =
        |error: io::Error| Error::Other(format!("Zoetrope cannot be started anew: {error}"));
    Command::new(program().map_err(failed)?)
        .env_remove(STARTED_AGAIN)
        .env(STARTED_ANEW, "1")
        .spawn()
        .map(drop)
        .map_err(failed)
}

/// Whether this process was started by [`start_anew`].
pub fn was_started_anew() -> bool {
    env::var_os(STARTED_ANEW).is_some()
}

/// The build of MLX that this process runs with, in a word; none outside of the app, where there is one alone.
pub fn build() -> &'static str {
    contents().map_or("", |contents| loaded(&contents).name())
}

/// The folder `Contents` of the app that this program is part of.
fn contents() -> Option<PathBuf> {
    let program = program().ok()?;
    let contents = program.ancestors().nth(2)?;
    let is_app = Build::Metal14.library(contents).is_dir();
    is_app.then(|| contents.to_owned())
}

/// This program's file itself, not a link to it.
fn program() -> io::Result<PathBuf> {
    env::current_exe()?.canonicalize()
}

/// Whether this process was started by a link, as package managers make them. The system then takes the folder of the link
/// for the app: the window would have no icon, and nothing could be notified.
fn is_linked() -> bool {
    let link = env::current_exe();
    link.is_ok_and(|link| link.canonicalize().is_ok_and(|file| file != link))
}

/// Puts this program's own file, with the libraries in this folder, in the place of this process. It returns if that
/// fails; then the process goes on with the build that runs everywhere.
fn start_again(libraries: Option<&Path>) {
    let Ok(program) = program() else { return };
    let mut again = Command::new(program);
    again.args(env::args_os().skip(1)).env(STARTED_AGAIN, "1");
    if let Some(libraries) = libraries {
        again.env(LIBRARIES, libraries);
    }
    log::warn!("The program is not started again: {}", again.exec());
}

/// The build that this process runs with. A loader that may not be told removes what it was told from the
/// environment.
fn loaded(contents: &Path) -> Build {
    let newer = Build::Metal26.library(contents);
    if env::var_os(LIBRARIES).is_some_and(|folder| folder == newer.as_os_str()) {
        Build::Metal26
    } else {
        Build::Metal14
    }
}
