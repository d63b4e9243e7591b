//! Which build of MLX a Mac gets, and how its kernels come out of the app.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zoetrope::engine::metal::{Build, unpack};

/// "kernels of one version" and "kernels of another version", as `zstd --check` packs them.
const ONE: &[u8] = &[
    40, 181, 47, 253, 4, 88, 177, 0, 0, 107, 101, 114, 110, 101, 108, 115, 32, 111, 102, 32, 111,
    110, 101, 32, 118, 101, 114, 115, 105, 111, 110, 170, 205, 215, 106,
];
const OTHER: &[u8] = &[
    40, 181, 47, 253, 4, 88, 209, 0, 0, 107, 101, 114, 110, 101, 108, 115, 32, 111, 102, 32, 97,
    110, 111, 116, 104, 101, 114, 32, 118, 101, 114, 115, 105, 111, 110, 166, 28, 47, 180,
];

/// Breaks when a Mac before macOS 26.2 gets a library that it cannot load, or a later one the slower build.
#[test]
fn a_mac_gets_the_build_that_its_kernel_can_load() {
    // macOS 14.0, 15.6, 26.0, 26.1, and what cannot be read.
    for release in ["23.0.0", "24.6.0", "25.0.0", "25.1.0", "", "new"] {
        assert_eq!(Build::for_kernel(release), Build::Metal14, "{release}");
    }
    // macOS 26.2, 26.4 and whatever comes later.
    for release in ["25.2.0", "25.4.1", "25.10.0", "26.0.0"] {
        assert_eq!(Build::for_kernel(release), Build::Metal26, "{release}");
    }
}

fn packed(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("metal-14.metallib.zst");
    fs::write(&path, bytes).unwrap();
    path
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn kernels_are_unpacked_once_and_those_of_an_earlier_version_go() {
    let folder = TempDir::new().unwrap();
    let cache = folder.path().join("cache/metal");
    let kernels = unpack(&packed(&folder, ONE), &cache).unwrap();
    assert_eq!(fs::read(&kernels).unwrap(), b"kernels of one version");

    // Were they unpacked again, they would be as before.
    fs::write(&kernels, "KERNELS of one version").unwrap();
    assert_eq!(unpack(&packed(&folder, ONE), &cache).unwrap(), kernels);
    assert_eq!(fs::read(&kernels).unwrap(), b"KERNELS of one version");

    let kernels = unpack(&packed(&folder, OTHER), &cache).unwrap();
    assert_eq!(fs::read(&kernels).unwrap(), b"kernels of another version");
    assert_eq!(names(&cache).len(), 1, "{:?}", names(&cache));
}

/// Breaks when what a power cut or a full disk left of the kernels is believed for ever.
#[test]
fn kernels_that_were_cut_are_unpacked_again() {
    let folder = TempDir::new().unwrap();
    let cache = folder.path().join("cache");
    for left in ["", "kernels of"] {
        let kernels = unpack(&packed(&folder, ONE), &cache).unwrap();
        fs::write(&kernels, left).unwrap();
        let again = unpack(&packed(&folder, ONE), &cache).unwrap();
        assert_eq!(fs::read(&again).unwrap(), b"kernels of one version");
        assert_eq!(names(&cache).len(), 1, "{:?}", names(&cache));
    }
}

/// Breaks when half a file or a changed one is given to Metal.
#[test]
fn damaged_kernels_are_refused_and_leave_nothing() {
    let folder = TempDir::new().unwrap();
    let cache = folder.path().join("cache");
    let mut flipped = ONE.to_vec();
    flipped[15] ^= 1;
    for damaged in [&flipped, &ONE[..20], &ONE[..9]] {
        let error = unpack(&packed(&folder, damaged), &cache).unwrap_err();
        let error = error.to_string();
        assert!(
            error.ends_with("is damaged: install Zoetrope again"),
            "{error}"
        );
        assert_eq!(names(&cache), [""; 0]);
    }
}
