//! Whether everything is in the app that should be, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use walkdir::WalkDir;

/// Single files, and folders (with a slash) in which anything may lie.
const EXPECTED: [&str; 13] = [
    "Frameworks/metal-14/libjaccl.dylib",
    "Frameworks/metal-14/libmlx.dylib",
    "Frameworks/metal-26/libjaccl.dylib",
    "Frameworks/metal-26/libmlx.dylib",
    "Info.plist",
    "MacOS/zoetrope",
    "PkgInfo",
    "Resources/Zoetrope.icns",
    "Resources/demo/",
    "Resources/licences/",
    "Resources/metal-14.metallib.zst",
    "Resources/metal-26.metallib.zst",
    "_CodeSignature/CodeResources",
];

/// What Apple's answer adds to an app that was notarised.
pub const STAPLED: &str = "CodeResources";

pub fn check(contents: &Path) -> Result<()> {
    let files = files(contents)?;
    let mut missing: BTreeSet<&str> = EXPECTED.into_iter().collect();
    for file in &files {
        let name = file.to_string_lossy();
        if name == STAPLED {
            continue;
        }
        let is = |place: &str| *name == *place || (place.ends_with('/') && name.starts_with(place));
        let Some(place) = EXPECTED.into_iter().find(|place| is(place)) else {
            bail!("{name} should not be in the app");
        };
        missing.remove(place);
        let path = contents.join(file);
        // A link that leads nowhere, or out of the app, is broken on another machine.
        let target = fs::canonicalize(&path).with_context(|| format!("{name} leads nowhere"))?;
        if !target.starts_with(fs::canonicalize(contents)?) {
            bail!("{name} leads out of the app");
        }
    }
    match missing.first() {
        Some(place) => bail!("{place} is missing in the app"),
        None => Ok(()),
    }
}

/// Every file and link of the app, relative to `contents`.
pub fn files(contents: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(contents).sort_by_file_name() {
        let entry = entry?;
        if !entry.file_type().is_dir() {
            files.push(entry.path().strip_prefix(contents)?.to_owned());
        }
    }
    Ok(files)
}

/// The programs and libraries of the app.
pub fn code(contents: &Path) -> Result<Vec<PathBuf>> {
    const MAGIC: [u8; 4] = 0xfeed_facf_u32.to_le_bytes();
    let mut code = Vec::new();
    for file in files(contents)? {
        let path = contents.join(file);
        let is_link = fs::symlink_metadata(&path)?.is_symlink();
        if !is_link && fs::read(&path)?.starts_with(&MAGIC) {
            code.push(path);
        }
    }
    Ok(code)
}
