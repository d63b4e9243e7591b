//! `setup` brings MLX to this machine, prebuilt, and tells cargo where it lies.
//!
//! `mlx-sys` would fetch MLX's sources and compile them for many minutes, and on Linux its build script
//! cannot work at all. It declares `links = "mlx"`, so cargo lets a configuration table stand in for that
//! script. Setup makes what the table names: Apple's own libmlx from its wheel on PyPI, mlx-c compiled
//! against it, and the Rust bindings, all in one folder of the cache that is named by a hash of its recipe.

pub mod bindings;
mod kind;
pub mod libmlxc;
mod links;
mod openblas;
pub mod pins;

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::wheel::Wheels;
use crate::{cache, cmd, places};
use kind::Kind;

/// The version of `mlx-sys`, and the version of MLX that it is made for. The wheels in `pins` must follow.
const MLX_SYS: &str = "0.7.0";
const MLX: &str = "0.32.2";

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    let kind = match args {
        [] => Kind::of_this_machine()?,
        [flag] => Kind::from_flag(flag)?,
        _ => bail!("setup takes one flag at most: --cpu, --cuda, --metal or --from-source"),
    };
    install(kind)?;
    if kind == Kind::Source {
        eprintln!("Cargo will compile MLX {MLX} from its sources: many minutes, once");
    } else {
        eprintln!("MLX {MLX} is ready ({})", kind.name());
    }
    Ok(())
}

/// Setup for the other verbs: quiet when there is nothing to do, and what was chosen before stays chosen.
///
/// Returns the folder of this machine's MLX, unless `mlx-sys` compiles it.
pub fn ensure() -> Result<Option<PathBuf>> {
    install(match links::chosen_before() {
        Some(kind) => kind,
        None => Kind::of_this_machine()?,
    })
}

/// Says how long it takes before anything runs, where nothing was built yet: cargo shows how far it is, but not that.
pub fn announce_first_build() {
    if !places::target().join("debug/zoetrope").exists() {
        eprintln!(
            "Building Zoetrope: about a quarter of an hour on two cores the first time, seconds afterwards"
        );
    }
}

fn install(kind: Kind) -> Result<Option<PathBuf>> {
    let Some(wheels) = kind.wheels() else {
        check_source_tools()?;
        links::write_from_source()?;
        return Ok(None);
    };
    let recipe = Recipe { kind, wheels };
    let folder = cache::folder(&folder_name(kind.name(), &recipe.text()), |workshop| {
        make(&recipe, workshop)
    })?;
    links::write(kind, &folder)?;
    Ok(Some(folder))
}

/// All that decides what the folder will hold.
struct Recipe {
    kind: Kind,
    wheels: &'static Wheels,
}

impl Recipe {
    fn text(&self) -> String {
        let openblas = if self.kind.takes_openblas() {
            pins::OPENBLAS.pins
        } else {
            ""
        };
        [
            MLX_SYS,
            self.wheels.pins,
            openblas,
            &libmlxc::recipe(),
            &bindings::recipe(),
        ]
        .join("\n\n")
    }
}

/// What the cache calls the MLX that `name` and `recipe` make.
pub fn folder_name(name: &str, recipe: &str) -> String {
    let mut hasher = DefaultHasher::new();
    recipe.hash(&mut hasher);
    format!("mlx-{MLX}-{name}-{:08x}", hasher.finish() >> 32)
}

fn make(recipe: &Recipe, workshop: &Path) -> Result<()> {
    if !cmd::works(Command::new("c++").arg("--version")) {
        bail!(
            "a C++ compiler is missing: install one (Debian: apt install g++; macOS: xcode-select --install)"
        );
    }
    eprintln!(
        "Bringing MLX {MLX} ({}) to this machine, once",
        recipe.kind.name()
    );
    let mlx_c = mlx_c_sources()?;
    recipe.wheels.install(&workshop.join("wheel"))?;
    let blas = if recipe.kind.takes_openblas() {
        openblas::bring(workshop)?
    } else {
        Vec::new()
    };
    libmlxc::build(&mlx_c, workshop, &blas)?;
    bindings::make(&mlx_c, workshop)?;
    Ok(fs::write(workshop.join("recipe.txt"), recipe.text())?)
}

/// The folder of mlx-c, which travels inside the package `mlx-sys`.
pub fn mlx_c_sources() -> Result<PathBuf> {
    let metadata = cmd::read(cmd::cargo().args([
        "metadata",
        "--format-version=1",
        "--filter-platform",
        kind::host()?,
    ]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let package = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "mlx-sys")
        .context("the package mlx-sys is not among the dependencies")?;
    if package["version"] != MLX_SYS {
        bail!(
            "setup is made for mlx-sys {MLX_SYS}, not {}: the pinned wheels must change with it",
            package["version"]
        );
    }
    let manifest = Path::new(
        package["manifest_path"]
            .as_str()
            .context("mlx-sys has no manifest")?,
    );
    Ok(manifest.with_file_name("src").join("mlx-c"))
}

/// The files of a folder with this extension, in order.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What the build script of `mlx-sys` needs, said before it fails in its own words.
fn check_source_tools() -> Result<()> {
    if !cmd::works(Command::new("cmake").arg("--version")) {
        bail!("CMake is missing: install it (brew install cmake)");
    }
    if !cmd::works(Command::new("xcrun").args(["metal", "--version"])) {
        bail!(
            "Xcode's Metal compiler is missing: install Xcode, then run xcodebuild -downloadComponent MetalToolchain"
        );
    }
    Ok(())
}
