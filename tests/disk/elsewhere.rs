//! Files that are on a server alone.

use std::fs;

use tempfile::TempDir;
use zoetrope::disk::{is_elsewhere, says_elsewhere};

/// Breaks when files that are in iCloud only are taken for files that are here, or locked and hidden ones for those.
#[test]
fn one_flag_says_that_the_content_is_elsewhere() {
    const LOCKED: u32 = 0x2;
    const HIDDEN: u32 = 0x8000;
    const COMPRESSED: u32 = 0x20;
    const TRACKED: u32 = 0x40;
    for here in [0, LOCKED, HIDDEN, COMPRESSED | TRACKED] {
        assert!(!says_elsewhere(here), "{here:#x}");
        assert!(says_elsewhere(here | 0x4000_0000), "{here:#x}");
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("here");
    fs::write(&file, "content").unwrap();
    assert!(!is_elsewhere(&file));
}
