//! `release` and `release-check`: everything that a version consists of, and what must be true before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{actionlint, bundle, cmd, lint, macos, no_args, notary, places, setup, tarball, test};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const CASK: &str = include_str!("../../bundle/zoetrope.rb");

/// The verb `release-check`.
pub fn check(args: &[String]) -> Result<()> {
    no_args("release-check", args)?;
    notes()?;
    actionlint::check()?;
    test::run(&[])?;
    lint::run(&[])?;
    lint::packer()?;
    macos::check::run(&[])?;
    bundle::run(&[])?;
    eprintln!("Zoetrope {VERSION} may be released");
    Ok(())
}

/// The verb `release`.
pub fn run(args: &[String]) -> Result<()> {
    no_args("release", args)?;
    setup::ensure()?;
    let notes = notes()?;
    bundle::make()?;
    notary::staple(&bundle::folder())?;

    let folder = places::target().join("release-files");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut sums = Vec::new();
    for (made, name) in [
        (
            bundle::folder().join("Zoetrope.zip"),
            format!("Zoetrope-{VERSION}-arm64.zip"),
        ),
        // Only a Mac makes disk images, and only Linux the tarball.
        (
            bundle::folder().join("Zoetrope.dmg"),
            format!("Zoetrope-{VERSION}-arm64.dmg"),
        ),
        (
            tarball::file(),
            format!("Zoetrope-{VERSION}-linux-x86_64.tar.gz"),
        ),
    ] {
        if made.exists() {
            fs::copy(made, folder.join(&name))?;
            sums.push(format!("{}  {name}\n", sha256(&folder.join(&name))?));
        }
    }
    fs::write(folder.join("NOTES.md"), notes)?;
    let zip = sha256(&bundle::folder().join("Zoetrope.zip"))?;
    fs::write(folder.join("zoetrope.rb"), cask(&zip))?;
    fs::write(folder.join("SHA256SUMS"), sums.concat())?;
    eprintln!("Zoetrope {VERSION} is in {}", folder.display());
    Ok(())
}

/// What the changelog says of this version.
fn notes() -> Result<String> {
    let path = places::root().join("CHANGELOG.md");
    section(&fs::read_to_string(path)?, VERSION).with_context(|| {
        format!("CHANGELOG.md has no section for {VERSION}: RELEASING.md says how it comes about")
    })
}

/// The text below the heading `## [version] - date`.
fn section(changelog: &str, version: &str) -> Option<String> {
    let heading = format!("## [{version}] - ");
    let start = changelog.find(&heading)?;
    let text = changelog[start..].split_once('\n')?.1;
    let end = text.find("\n## ").unwrap_or(text.len());
    Some(text[..end].trim().to_owned() + "\n").filter(|text| text.len() > 1)
}

/// The file for Homebrew, for a zip with this hash.
fn cask(zip: &str) -> String {
    CASK.replace("VERSION", VERSION).replace("SHA256", zip)
}

fn sha256(file: &PathBuf) -> Result<String> {
    let (program, args): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("shasum", &["-a", "256"])
    } else {
        ("sha256sum", &[])
    };
    let line = cmd::read(Command::new(program).args(args).arg(file))?;
    match line.split_whitespace().next() {
        Some(sum) if sum.len() == 64 => Ok(sum.to_owned()),
        _ => bail!("{program} printed no hash of {}", Path::new(file).display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n- new\n\n## [0.2.0] - 2027-01-01\n\n### Added\n\n- a\n\n## [0.1.0] - 2026-12-01\n\n- b\n";

    #[test]
    fn the_notes_are_those_of_the_version() {
        assert_eq!(section(CHANGELOG, "0.2.0").unwrap(), "### Added\n\n- a\n");
        assert_eq!(section(CHANGELOG, "0.1.0").unwrap(), "- b\n");
        assert_eq!(section(CHANGELOG, "0.3.0"), None);
        assert_eq!(section("## [0.2.0] - x\n\n## [0.1.0] - y\n", "0.2.0"), None);
    }

    #[test]
    fn the_cask_names_the_zip() {
        let cask = cask(&"a".repeat(64));
        assert!(cask.contains(&format!("version \"{VERSION}\"")), "{cask}");
        assert!(
            cask.contains(&format!("sha256 \"{}\"", "a".repeat(64))),
            "{cask}"
        );
        assert!(
            !cask.contains("VERSION") && !cask.contains("SHA256"),
            "{cask}"
        );
    }
}
