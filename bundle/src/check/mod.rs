//! Everything that can be said about a finished app without a Mac.

mod icon;
mod layout;
mod macho;
mod plist;
mod seal;
mod signature;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use walkdir::WalkDir;

use crate::layout::BUILDS;

/// In bytes, as it is on the disk and as it is downloaded.
const LARGEST_APP: u64 = 330_000_000;
const LARGEST_ZIP: u64 = 110_000_000;
const LARGEST_PROGRAM: u64 = 25_000_000;

/// Fails with the first thing that is wrong with `app`.
pub fn app(app: &Path) -> Result<()> {
    let contents = app.join("Contents");
    let info = plist::read(&contents.join("Info.plist"))?;
    layout::check(&contents)?;
    icon::check(&contents.join("Resources").join(info.icon_file()))?;
    let program = contents.join("MacOS").join(&info.executable);
    smaller(
        "the program",
        fs::metadata(&program)?.len(),
        LARGEST_PROGRAM,
    )?;
    macho::check_cxx(&program).context("the program")?;
    if let Some((major, minor)) = macho::sdk(&program)? {
        eprintln!("the program is linked against the SDK of macOS {major}.{minor}");
    }
    for (build, _) in BUILDS {
        let library = contents.join("Frameworks").join(build).join("libmlx.dylib");
        macho::check_interface(&program, &library).with_context(|| build.to_owned())?;
    }
    for code in layout::code(&contents)? {
        // The program takes no build of MLX on a system that is too old for it.
        let build = BUILDS
            .iter()
            .find(|(name, _)| code.parent().is_some_and(|it| it.ends_with(name)));
        let minimum_system = build.map_or(info.minimum_system.as_str(), |(_, system)| system);
        macho::check(&code, &contents, minimum_system)
            .with_context(|| code.display().to_string())?;
    }
    seal::check(app, &info.executable)?;
    smaller("the app", size(app)?, LARGEST_APP)
}

/// Whether the zip is small enough to be downloaded.
pub fn archive(zip: &Path) -> Result<()> {
    smaller("the zip", fs::metadata(zip)?.len(), LARGEST_ZIP)
}

fn smaller(what: &str, size: u64, largest: u64) -> Result<()> {
    eprintln!("{what} has {:.1} MB", size as f64 / 1e6);
    if size > largest {
        bail!("{what} has {size} bytes, more than {largest}");
    }
    Ok(())
}

fn size(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in WalkDir::new(folder) {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}
