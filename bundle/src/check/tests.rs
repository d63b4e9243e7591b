//! A sealed app passes, and whatever is done to it afterwards is found.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::seal;

/// `int main(void) { return 0; }` for arm64, unsigned.
const PROGRAM: &[u8] = include_bytes!("../../fixtures/program");

const INFO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>program</string>
<key>CFBundleIdentifier</key><string>app.zoetrope.Test</string>
<key>CFBundleName</key><string>Test</string>
<key>CFBundlePackageType</key><string>APPL</string>
<key>CFBundleShortVersionString</key><string>1.0</string>
</dict></plist>"#;

struct App {
    folder: TempDir,
}

impl App {
    fn sealed() -> Self {
        let folder = TempDir::new().unwrap();
        let app = Self { folder };
        for (name, bytes) in [
            ("Info.plist", INFO.as_bytes()),
            ("MacOS/program", PROGRAM),
            ("Frameworks/library.dylib", PROGRAM),
            ("Resources/kernels", b"kernels"),
        ] {
            let path = app.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        symlink("../Resources/kernels", app.path("Frameworks/kernels")).unwrap();
        crate::seal::seal(&app.root()).unwrap();
        app
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("Test.app")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root().join("Contents").join(name)
    }

    /// What the check says of it.
    fn complaint(&self) -> Option<String> {
        let checked = seal::check(&self.root(), "program");
        checked.err().map(|error| format!("{error:#}"))
    }
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_sealed_app_passes() {
    assert_eq!(App::sealed().complaint(), None);
}

/// Breaks when an app that Apple has notarised is refused for the answer that lies in it since.
#[test]
fn what_apple_adds_to_a_notarised_app_is_no_change() {
    let app = App::sealed();
    fs::write(app.path("CodeResources"), "ticket").unwrap();
    assert_eq!(app.complaint(), None);
}

/// Breaks when the check looks at less than every byte of the code, or of what the code vouches for.
#[test]
fn a_flipped_byte_is_found_wherever_it_is() {
    let length = PROGRAM.len();
    for (name, at) in [
        ("MacOS/program", 8),
        ("MacOS/program", length / 2),
        ("MacOS/program", length - 1),
        ("Frameworks/library.dylib", 8),
        ("Frameworks/library.dylib", length - 1),
        ("Resources/kernels", 3),
        ("Info.plist", 60),
        ("_CodeSignature/CodeResources", 200),
    ] {
        let app = App::sealed();
        flip(&app.path(name), at);
        assert!(app.complaint().is_some(), "byte {at} of {name}");
    }
}

#[test]
fn what_was_added_removed_or_exchanged_is_found() {
    type Change = (&'static str, fn(&App));
    let changes: [Change; 4] = [
        ("Resources/more is not sealed", |app| {
            fs::write(app.path("Resources/more"), "").unwrap();
        }),
        ("Resources/kernels", |app| {
            fs::remove_file(app.path("Resources/kernels")).unwrap();
        }),
        ("Frameworks/kernels: it does not lead", |app| {
            fs::remove_file(app.path("Frameworks/kernels")).unwrap();
            symlink("/tmp/kernels", app.path("Frameworks/kernels")).unwrap();
        }),
        ("another signature", |app| {
            fs::copy(
                app.path("MacOS/program"),
                app.path("Frameworks/library.dylib"),
            )
            .unwrap();
        }),
    ];
    for (expected, change) in changes {
        let app = App::sealed();
        change(&app);
        let complaint = app.complaint().unwrap_or_default();
        assert!(complaint.contains(expected), "{expected}: {complaint}");
    }
}
