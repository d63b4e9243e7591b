//! The libraries of macOS, as far as a linker needs to know them: names.
//!
//! Zig lists what libSystem has. Of everything else, `symbols.txt` lists what the app uses: an install name, and
//! below it the symbols; none where classes are only looked up by name. Umbrella frameworks stand for what they
//! re-export: `Carbon` for `CoreServices` and `HIToolbox`, `ApplicationServices` for `ColorSync`, `libc++` for
//! `libc++abi`. A symbol that is missing there stops the linker, and somebody looks up which library has it, and since when.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::target;

const SYMBOLS: &str = include_str!("symbols.txt");

/// Where it is written.
pub fn folder() -> PathBuf {
    target().join("sdk")
}

/// Writes a stub for each library; `zig` is the folder of Zig.
pub fn write(zig: &Path) -> Result<()> {
    let system = zig.join("lib/libc/darwin/libSystem.tbd");
    let text = fs::read_to_string(&system)
        .with_context(|| format!("{} cannot be read", system.display()))?;
    let lib = folder().join("usr/lib");
    fs::create_dir_all(&lib)?;
    // Parts of libSystem that have names of their own.
    for name in ["libSystem", "libc", "libm", "libpthread", "libdl"] {
        fs::write(lib.join(name).with_extension("tbd"), for_arm64(&text))?;
    }
    for library in libraries(SYMBOLS) {
        let path = folder().join(library.stub_path());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, library.stub())?;
    }
    Ok(())
}

/// A library of the system.
struct Library<'a> {
    /// Where it is on a Mac.
    install_name: &'a str,
    symbols: Vec<&'a str>,
}

impl Library<'_> {
    /// Where the linker looks for it: without version, relative to the SDK.
    fn stub_path(&self) -> PathBuf {
        let path = Path::new(self.install_name.trim_start_matches('/'));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('.').next().unwrap_or_default();
        let framework = path
            .ancestors()
            .find(|folder| folder.extension().is_some_and(|it| it == "framework"));
        let folder = framework.or_else(|| path.parent()).unwrap_or(path);
        folder.join(name).with_extension("tbd")
    }

    fn stub(&self) -> String {
        const TARGETS: &str = "targets: [ arm64-macos ]";
        let symbols: Vec<_> = self.symbols.iter().map(|it| format!("'{it}'")).collect();
        format!(
            "--- !tapi-tbd\ntbd-version: 4\n{TARGETS}\ninstall-name: '{}'\nexports:\n  - {TARGETS}\n    symbols: [ {} ]\n...\n",
            self.install_name,
            symbols.join(", ")
        )
    }
}

fn libraries(list: &str) -> Vec<Library<'_>> {
    let mut libraries: Vec<Library> = Vec::new();
    for line in list.lines() {
        if line.starts_with('/') {
            libraries.push(Library {
                install_name: line,
                symbols: Vec::new(),
            });
        } else if let (Some(library), false) = (libraries.last_mut(), line.is_empty()) {
            library.symbols.push(line.trim());
        }
    }
    libraries
}

/// Apple's own list names arm64e, the variant that the system's libraries are in; programs are arm64.
///
/// A list of targets that holds arm64 or arm64e for macOS, and not only for a single kind of machine, stands
/// for arm64 here; any other stands for none of ours.
fn for_arm64(stub: &str) -> String {
    const TARGETS: &str = "targets:";
    let mut result = String::new();
    let mut rest = stub;
    while let Some(at) = rest.find(TARGETS) {
        let (before, list) = rest.split_at(at + TARGETS.len());
        let end = list.find(']').map_or(list.len(), |at| at + 1);
        let has = |target: &str| {
            list[..end]
                .split(|c: char| c == '[' || c == ']' || c == ',' || c.is_whitespace())
                .any(|word| word == target)
        };
        let is_ours = has("arm64-macos") || (has("arm64e-macos") && has("x86_64-macos"));
        let targets = if is_ours {
            "arm64-macos"
        } else {
            "arm64e-macos"
        };
        result.push_str(before);
        let _ = write!(result, " [ {targets} ]"); // writing to a string cannot fail
        rest = &list[end..];
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stubs_lie_where_the_linker_looks() {
        let paths: Vec<_> = libraries(
            "/usr/lib/libc++.1.dylib\n_a\n_b\n/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit\n_NSApp\n",
        )
        .iter()
        .map(|library| (library.stub_path(), library.symbols.len()))
        .collect();
        let appkit = "System/Library/Frameworks/AppKit.framework/AppKit.tbd";
        assert_eq!(
            paths,
            [("usr/lib/libc++.tbd".into(), 2), (appkit.into(), 1)]
        );
    }

    /// Two libraries with one symbol would leave it to chance which one is asked.
    #[test]
    fn each_symbol_is_in_one_library() {
        let libraries = libraries(SYMBOLS);
        let mut symbols: Vec<_> = libraries
            .iter()
            .flat_map(|library| &library.symbols)
            .collect();
        let count = symbols.len();
        symbols.sort_unstable();
        symbols.dedup();
        assert_eq!(symbols.len(), count);
    }

    #[test]
    fn what_every_mac_has_is_there_for_arm64() {
        let stub = "targets: [ x86_64-macos, arm64e-macos,\n arm64e-maccatalyst ]\nsymbols: [ _open ]\n\
                    targets: [ x86_64-macos ]\nsymbols: [ _old ]\n";
        assert_eq!(
            for_arm64(stub),
            "targets: [ arm64-macos ]\nsymbols: [ _open ]\ntargets: [ arm64e-macos ]\nsymbols: [ _old ]\n"
        );
    }
}
