//! `.cargo/mlx.toml`: the tables that stand in for the build script of `mlx-sys`.
//!
//! Its paths are absolute, so it is written on each machine and not committed; `.cargo/config.toml`
//! includes it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::kind::{APPLE, Kind, LINUX};
use crate::places;

const KIND_LINE: &str = "# MLX: ";

fn file() -> PathBuf {
    places::root().join(".cargo/mlx.toml")
}

/// The kind that setup was last asked for in this clone.
pub fn chosen_before() -> Option<Kind> {
    kind_in(&fs::read_to_string(file()).ok()?)
}

fn kind_in(text: &str) -> Option<Kind> {
    Kind::from_name(text.lines().next()?.strip_prefix(KIND_LINE)?)
}

/// Points cargo at the MLX in `folder`.
pub fn write(kind: Kind, folder: &Path) -> Result<()> {
    let folder = folder
        .to_str()
        .context("the path of the cache is not UTF-8: set ZOETROPE_BUILD_CACHE")?;
    write_if_changed(&tables(kind, folder))
}

/// No tables: `mlx-sys` builds MLX itself.
pub fn write_from_source() -> Result<()> {
    write_if_changed(&heading(Kind::Source))
}

/// An unchanged file keeps its time, and cargo its trust in what it has built.
fn write_if_changed(text: &str) -> Result<()> {
    if fs::read_to_string(file()).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(file(), text).with_context(|| format!("{} cannot be written", file().display()))
}

fn heading(kind: Kind) -> String {
    format!(
        "{KIND_LINE}{}\n# Written by `cargo xtask setup`, for this machine alone.\n",
        kind.name()
    )
}

/// The same for both targets: a build for this machine links these libraries, and `check-macos` on Linux
/// only reads the bindings, whose names are the same.
///
/// `rpath` and what else is not cargo's own reaches our build script as `DEP_MLX_RPATH`.
fn tables(kind: Kind, folder: &str) -> String {
    let table = |target: &str| {
        format!(
            r#"
[target.{target}.mlx]
rustc-link-search = ["native={folder}/lib", "native={folder}/wheel/mlx/lib"]
rustc-link-lib = ["mlxc", "mlx"]
rustc-env = {{ OUT_DIR = "{folder}" }}
rpath = "{folder}/lib:{folder}/wheel/mlx/lib"
"#
        )
    };
    heading(kind) + &table(LINUX) + &table(APPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_reads_back_from_the_file() {
        assert_eq!(kind_in(&tables(Kind::Cuda, "/cache/mlx")), Some(Kind::Cuda));
        assert_eq!(kind_in(&heading(Kind::Source)), Some(Kind::Source));
        assert_eq!(kind_in("[target.x86_64-unknown-linux-gnu.mlx]"), None);
        assert_eq!(kind_in(""), None);
    }
}
