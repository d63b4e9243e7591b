//! MLX for the app: Apple's two builds from their wheels, and mlx-c as an archive that becomes part of the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::MINIMUM;
use super::tools::Tools;
use crate::setup::{self, libmlxc, pins};
use crate::wheel::Wheels;
use crate::{cache, cmd};

/// What Zig's headers must be told: one of them loses `INFINITY` unless `math.h` comes first, and without the
/// annotations the objects ask for symbols of libc++ that came after macOS 14.
const ZIG_FLAGS: [&str; 4] = [
    "-include",
    "math.h",
    "-U_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS",
    "-D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=1",
];

/// What Apple's compiler must be told: by itself it makes objects for the system that it runs on, whose C++ library has
/// what older ones lack.
fn apple_flags() -> Vec<String> {
    vec![format!("-mmacosx-version-min={MINIMUM}")]
}

/// Runs on every system that the app runs on; the program is linked against it.
const OLDER: (&str, &Wheels) = ("wheel", &pins::MLX_METAL_14);

/// For systems whose Metal knows the neural accelerators. It has the same interface.
const NEWER: (&str, &Wheels) = ("newer", &pins::MLX_METAL_26);

/// The MLX of the app.
pub struct Mlx {
    folder: PathBuf,
}

impl Mlx {
    /// Makes it, or finds it in the cache. Without `tools` the compiler of this Mac is taken.
    pub fn install(tools: Option<&Tools>) -> Result<Self> {
        let recipe = format!(
            "{}{}{}\n{ZIG_FLAGS:?} {:?} {} {MINIMUM} {}",
            OLDER.1.pins,
            NEWER.1.pins,
            libmlxc::recipe(),
            apple_flags(),
            tools.is_some(),
            if tools.is_some() {
                String::new()
            } else {
                sdk()?
            },
        );
        let folder = cache::folder(&setup::folder_name("app", &recipe), |workshop| {
            make(tools, workshop)
        })?;
        Ok(Self { folder })
    }

    /// The folders with the libraries and kernels for macOS 14, and for macOS 26.2.
    pub fn builds(&self) -> [PathBuf; 2] {
        [OLDER, NEWER].map(|(folder, _)| self.folder.join(folder).join("mlx/lib"))
    }

    /// The table that stands in for the build script of `mlx-sys`, as a file of cargo's configuration.
    ///
    /// The `bindings` are those of this machine: the names and types are the same.
    pub fn config(&self, bindings: &Path) -> Result<PathBuf> {
        let table = format!(
            r#"[target.aarch64-apple-darwin.mlx]
rustc-link-search = ["native={lib}", "native={library}"]
rustc-link-lib = ["static=mlxc", "mlx", "c++"]
rustc-env = {{ OUT_DIR = "{bindings}" }}
rpath = "@executable_path/../Frameworks/metal-14"
"#,
            lib = self.folder.join("lib").display(),
            library = self.builds()[0].display(),
            bindings = bindings.display(),
        );
        let path = super::target().join("mlx.toml");
        fs::create_dir_all(super::target())?;
        fs::write(&path, table)?;
        Ok(path)
    }
}

/// The SDK and compiler of this Mac: with others the objects are others.
fn sdk() -> Result<String> {
    let sdk = cmd::read(Command::new("xcrun").arg("--show-sdk-version"))?;
    let compiler = cmd::read(Command::new("c++").arg("--version"))?;
    Ok(format!("{sdk} {compiler}"))
}

fn make(tools: Option<&Tools>, workshop: &Path) -> Result<()> {
    eprintln!("Bringing MLX for the app to this machine, once");
    for (folder, wheels) in [OLDER, NEWER] {
        wheels.install(&workshop.join(folder))?;
    }
    let (compiler, archiver, flags) = match tools {
        Some(tools) => (
            tools.cxx.as_path(),
            tools.archiver,
            ZIG_FLAGS.map(str::to_owned).to_vec(),
        ),
        None => (Path::new("c++"), "ar", apple_flags()),
    };
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mlx_c = setup::mlx_c_sources()?;
    let sources = setup::files(&mlx_c.join("mlx/c"), "cpp")?;
    let objects = workshop.join("objects");
    libmlxc::compile(compiler, &flags, sources, &mlx_c, workshop, &objects)?;
    fs::create_dir_all(workshop.join("lib"))?;
    cmd::run(
        Command::new(archiver)
            .arg("rcs")
            .arg(workshop.join("lib/libmlxc.a"))
            .args(setup::files(&objects, "o")?),
    )?;
    Ok(fs::remove_dir_all(&objects)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks when an app that was made on a new Mac asks older ones for what they lack.
    #[test]
    fn apples_compiler_is_told_the_oldest_system() {
        assert_eq!(apple_flags(), ["-mmacosx-version-min=14.0"]);
    }
}
