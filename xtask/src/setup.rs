//! `setup` brings MLX to this machine, prebuilt, and tells cargo where it lies.
//!
//! `mlx-sys` would fetch MLX's sources and compile them for many minutes, and on Linux its build script
//! cannot work at all. It declares `links = "mlx"`, so cargo lets a configuration table stand in for that
//! script. Setup makes what the table names: Apple's own libmlx from its wheel on PyPI, mlx-c compiled
//! against it, and the Rust bindings. All of it lies in one folder of the cache, named by a hash of its
//! recipe: a folder that exists is complete and is never changed.

pub mod bindings;
mod kind;
mod libmlxc;
mod links;
mod wheel;

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{cmd, places};
use kind::Kind;
use wheel::Wheel;

/// The version of MLX that `mlx-sys` is made for.
const MLX: &str = "0.32.2";
const MLX_SYS: &str = "0.7.0";

/// Written last, so that a folder with it is complete.
const RECIPE_FILE: &str = "recipe.txt";

/// The verb.
pub fn run(args: &[String]) -> Result<()> {
    let kind = match args {
        [] => Kind::of_this_machine()?,
        [flag] => Kind::from_flag(flag)?,
        _ => bail!("setup takes one flag at most: --cpu, --cuda, --metal or --from-source"),
    };
    install(kind)
}

/// Setup for the other verbs: what was chosen before stays chosen.
pub fn ensure() -> Result<()> {
    match links::chosen_before() {
        Some(kind) => install(kind),
        None => install(Kind::of_this_machine()?),
    }
}

fn install(kind: Kind) -> Result<()> {
    let Some(wheel) = kind.wheel() else {
        links::write_from_source()?;
        eprintln!("MLX {MLX} will be compiled by cargo, from its sources (many minutes, once)");
        return Ok(());
    };
    let recipe = Recipe::new(kind, wheel);
    let folder = places::cache()?.join(recipe.folder_name());
    if !folder.join(RECIPE_FILE).exists() {
        make(&recipe, &folder)?;
    }
    links::write(kind, &folder)?;
    eprintln!("MLX {MLX} ({}) is ready in {}", recipe.summary(), folder.display());
    Ok(())
}

/// All that decides what the folder will hold.
struct Recipe {
    kind: Kind,
    wheel: &'static Wheel,
    openblas: Option<PathBuf>,
}

impl Recipe {
    fn new(kind: Kind, wheel: &'static Wheel) -> Self {
        Self { kind, wheel, openblas: kind.takes_openblas().then(libmlxc::find_openblas).flatten() }
    }

    fn text(&self) -> String {
        [
            format!("MLX {MLX}, mlx-sys {MLX_SYS}, {}", self.kind.name()),
            self.wheel.requirement(),
            format!("OpenBLAS {:?}", self.openblas),
            libmlxc::recipe(),
            bindings::recipe(),
        ]
        .join("\n\n")
    }

    fn folder_name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.text().hash(&mut hasher);
        format!("mlx-{MLX}-{}-{:08x}", self.kind.name(), hasher.finish() >> 32)
    }

    fn summary(&self) -> String {
        match &self.openblas {
            Some(_) => format!("{}, OpenBLAS", self.kind.name()),
            None if self.kind.takes_openblas() => format!(
                "{}, reference BLAS: installing OpenBLAS, Debian's libopenblas0-pthread, makes products 5 to 10 times faster",
                self.kind.name()
            ),
            None => self.kind.name().to_owned(),
        }
    }
}

/// Makes the folder under a name of its own and gives it its final name at the end, so that neither an
/// interruption nor a second setup at the same time can leave a folder half made.
fn make(recipe: &Recipe, folder: &Path) -> Result<()> {
    check_tools()?;
    let mlx_c = mlx_c_sources()?;
    let workshop = folder.with_extension(std::process::id().to_string());
    fs::create_dir_all(&workshop).with_context(|| format!("{} cannot be created", workshop.display()))?;

    eprintln!("Bringing MLX {MLX} ({}) to this machine, once", recipe.kind.name());
    let made = recipe
        .wheel
        .install(&workshop.join("wheel"))
        .and_then(|()| libmlxc::build(&mlx_c, &workshop, recipe.openblas.as_deref()))
        .and_then(|()| bindings::make(&mlx_c, &workshop))
        .and_then(|()| Ok(fs::write(workshop.join(RECIPE_FILE), recipe.text())?));
    if let Err(error) = made {
        fs::remove_dir_all(&workshop).ok();
        return Err(error);
    }

    if fs::rename(&workshop, folder).is_err() {
        fs::remove_dir_all(&workshop).ok();
        if !folder.join(RECIPE_FILE).exists() {
            bail!("{} is in the way and incomplete: remove it and run setup again", folder.display());
        }
    }
    Ok(())
}

/// Says what is missing before minutes are spent.
fn check_tools() -> Result<()> {
    if !cmd::works(Command::new("python3").args(["-m", "pip", "--version"])) {
        bail!("Python 3 with pip is missing: install it (Debian: apt install python3-pip; macOS: xcode-select --install)");
    }
    if !cmd::works(Command::new("c++").arg("--version")) {
        bail!("a C++ compiler is missing: install one (Debian: apt install g++; macOS: xcode-select --install)");
    }
    Ok(())
}

/// The folder of mlx-c, which travels inside the package `mlx-sys`.
fn mlx_c_sources() -> Result<PathBuf> {
    let metadata = cmd::read(cmd::cargo().args(["metadata", "--format-version=1", "--filter-platform", kind::host()?]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let package = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "mlx-sys")
        .context("the package mlx-sys is not among the dependencies")?;
    if package["version"] != MLX_SYS {
        bail!("setup is made for mlx-sys {MLX_SYS}, not {}: MLX and its hashes must change with it", package["version"]);
    }
    let manifest = Path::new(package["manifest_path"].as_str().context("mlx-sys has no manifest")?);
    Ok(manifest.with_file_name("src").join("mlx-c"))
}
