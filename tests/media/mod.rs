//! Pictures and videos, in and out of files.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests panic as the tests do"
)]

mod colours;
mod export;
mod fit;
mod footage;
mod foreign;
mod hostile;
mod photo;
mod pillow;
mod reader;
mod scene;
mod strangers;
mod system;
mod task;
mod unpack;
mod video;
mod writer;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder of one test, gone when the test is over.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/data")
        .join(name)
}
