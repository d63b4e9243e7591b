//! Whether the system would find all that a program or library asks for.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use goblin::mach::constants::cputype::CPU_TYPE_ARM64;
use goblin::mach::load_command::CommandVariant;
use goblin::mach::{MachO, header};

/// Checks the program or library `path` of the app whose contents these are, and whose oldest system this is.
pub fn check(path: &Path, contents: &Path, minimum_system: &str) -> Result<()> {
    let bytes = fs::read(path)?;
    let file = MachO::parse(&bytes, 0)?;
    if file.header.cputype != CPU_TYPE_ARM64 {
        bail!("it is not for Apple Silicon");
    }
    if ![header::MH_EXECUTE, header::MH_DYLIB].contains(&file.header.filetype) {
        bail!("it is neither a program nor a library");
    }
    let system = built_for(&file).context("it does not say which system it is built for")?;
    if system > version(minimum_system) {
        bail!(
            "it needs macOS {}.{}, the app only {minimum_system}",
            system.0,
            system.1
        );
    }
    // The first library is the file itself.
    let libraries = file.libs.get(1..).unwrap_or_default();
    for library in libraries {
        if !is_found(library, &file.rpaths, path, contents) {
            bail!("it loads {library}, which is not in the app");
        }
    }
    check_symbols(&file, libraries.len())
}

/// Every name must be looked up in one library.
fn check_symbols(file: &MachO, libraries: usize) -> Result<()> {
    if file.header.flags & header::MH_TWOLEVEL == 0 {
        bail!("it names no library for its symbols");
    }
    for symbol in file.symbols() {
        let (name, symbol) = symbol?;
        let library = usize::from(symbol.n_desc >> 8);
        if symbol.is_undefined() && !(1..=libraries).contains(&library) {
            bail!("it does not say which library has {name}");
        }
    }
    Ok(())
}

/// Checks that `library` has every symbol that the program looks up in a library of that name.
pub fn check_interface(program: &Path, library: &Path) -> Result<()> {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    let (program, library) = (fs::read(program)?, fs::read(library)?);
    let (program, library) = (MachO::parse(&program, 0)?, MachO::parse(&library, 0)?);
    let mut exported = HashSet::new();
    for symbol in library.symbols() {
        let (name, symbol) = symbol?;
        if symbol.is_global() && !symbol.is_undefined() {
            exported.insert(name);
        }
    }
    for symbol in program.symbols() {
        let (symbol, details) = symbol?;
        let home = program.libs.get(usize::from(details.n_desc >> 8));
        let is_wanted =
            details.is_undefined() && home.is_some_and(|home| home.ends_with(name.as_ref()));
        if is_wanted && !exported.contains(symbol) {
            bail!("{name} lacks {symbol}");
        }
    }
    Ok(())
}

/// The symbols of the system's C++ library that the oldest system has, among others: what the linker of Linux knows.
const SYMBOLS: &str = include_str!("../../../xtask/src/macos/symbols.txt");
const CXX: &str = "/usr/lib/libc++.1.dylib";

/// Checks that the program asks the C++ library for nothing that came after the oldest system. A compiler that was not
/// told which that is takes what the newest has.
pub fn check_cxx(program: &Path) -> Result<()> {
    let bytes = fs::read(program)?;
    let file = MachO::parse(&bytes, 0)?;
    let mut asked = Vec::new();
    for symbol in file.symbols() {
        let (name, details) = symbol?;
        let home = file.libs.get(usize::from(details.n_desc >> 8));
        if details.is_undefined() && home == Some(&CXX) {
            asked.push(name);
        }
    }
    match first_unknown(&asked, &known(SYMBOLS, CXX)) {
        Some(name) => bail!(
            "it asks the C++ library for {name}, which macOS 14 may lack: compile with -mmacosx-version-min=14.0, or, if it is older, add it to symbols.txt"
        ),
        None => Ok(()),
    }
}

fn first_unknown<'a>(asked: &[&'a str], known: &HashSet<&str>) -> Option<&'a str> {
    asked.iter().find(|name| !known.contains(**name)).copied()
}

/// What the list has below the name of this library.
fn known<'a>(list: &'a str, library: &str) -> HashSet<&'a str> {
    let lines = list.lines().skip_while(|line| *line != library).skip(1);
    lines.take_while(|line| !line.starts_with('/')).collect()
}

/// The SDK that the file was linked against: it decides how the system treats and draws it.
pub fn sdk(path: &Path) -> Result<Option<(u32, u32)>> {
    let bytes = fs::read(path)?;
    let file = MachO::parse(&bytes, 0)?;
    Ok(file.load_commands.iter().find_map(|command| {
        let CommandVariant::BuildVersion(build) = command.command else {
            return None;
        };
        Some((build.sdk >> 16, build.sdk >> 8 & 0xff))
    }))
}

/// The oldest system that the file runs on, by its own word.
fn built_for(file: &MachO) -> Option<(u32, u32)> {
    file.load_commands.iter().find_map(|command| {
        let CommandVariant::BuildVersion(build) = command.command else {
            return None;
        };
        Some((build.minos >> 16, build.minos >> 8 & 0xff))
    })
}

fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Whether a library is part of the system, or lies where one of the `rpaths` leads.
fn is_found(library: &str, rpaths: &[&str], loader: &Path, contents: &Path) -> bool {
    if library.starts_with("/usr/lib/") || library.starts_with("/System/Library/") {
        return true;
    }
    let Some(name) = library.strip_prefix("@rpath/") else {
        return false;
    };
    let program = contents.join("MacOS");
    let places = rpaths.iter().map(|rpath| -> PathBuf {
        let (folder, rest) = match rpath.strip_prefix("@loader_path") {
            Some(rest) => (loader.parent().unwrap_or(loader), rest),
            None => (
                program.as_path(),
                rpath.strip_prefix("@executable_path").unwrap_or(rpath),
            ),
        };
        folder.join(rest.trim_start_matches('/'))
    });
    // The program has the loader look in the folder of the build of MLX that it takes.
    places
        .chain(loader.parent().map(Path::to_owned))
        .any(|folder| folder.join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks when an app that was made on a new Mac does not start on macOS 14, and nobody is told before.
    #[test]
    fn a_symbol_that_came_later_is_found() {
        let known = known(SYMBOLS, CXX);
        assert!(known.contains("__Znwm"), "memory was always given");
        let hash = "__ZNSt3__113__hash_memoryEPKvm";
        assert_eq!(first_unknown(&["__Znwm", hash], &known), Some(hash));
        assert_eq!(first_unknown(&["__Znwm"], &known), None);
    }
}
