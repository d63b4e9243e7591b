//! A *fingerprint* of a file or a folder that a video is begun with, so that it is noticed when another one has its name
//! later.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk;
use crate::{Error, Result};

/// How much is looked at in one place.
const BLOCK: u64 = 1 << 14;

/// In how many places of a large file: all of a terabyte would take longer than the video.
const PLACES: u64 = 64;

/// The length of a file and a hash of what is in it: of all, or where that is more than a megabyte, of the beginning, the
/// end and places between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fingerprint {
    bytes: u64,
    sha256: String,
}

impl Fingerprint {
    /// That of the file at `path`, or of the pictures in a folder.
    pub(super) fn of(path: &Path) -> Result<Self> {
        if path.is_dir() {
            return Self::of_folder(path);
        }
        let mut file = disk::open(path)?;
        Self::read(&mut file).map_err(Error::file("read", path))
    }

    /// That of all files of a folder, by their names, their lengths and how they begin.
    fn of_folder(folder: &Path) -> Result<Self> {
        let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        // What the Finder leaves wherever somebody looks is none of them.
        files.retain(|file| {
            let name = file.file_name().unwrap_or_default();
            file.is_file() && !name.as_encoded_bytes().starts_with(b".")
        });
        files.sort();
        let (mut bytes, mut hash) = (0, Sha256::new());
        for path in &files {
            let mut block = Vec::new();
            let file = disk::open(path)?;
            let length = file.metadata().map_err(Error::file("read", path))?.len();
            let begin = file.take(BLOCK).read_to_end(&mut block);
            begin.map_err(Error::file("read", path))?;
            hash.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            hash.update(length.to_le_bytes());
            hash.update(&block);
            bytes += length;
        }
        Ok(Self {
            bytes,
            sha256: hex(hash),
        })
    }

    fn read(file: &mut File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        let mut hash = Sha256::new();
        let last = bytes.saturating_sub(BLOCK);
        let step = (last / PLACES).max(BLOCK);
        let places = (0..PLACES).map(|number| (number * step).min(last));
        let mut seen = 0;
        let mut block = Vec::new();
        for place in places.chain([last]) {
            if seen >= bytes {
                break;
            }
            file.seek(SeekFrom::Start(place))?;
            block.clear();
            file.by_ref().take(BLOCK).read_to_end(&mut block)?;
            hash.update(place.to_le_bytes());
            hash.update(&block);
            seen = place + BLOCK;
        }
        Ok(Self {
            bytes,
            sha256: hex(hash),
        })
    }
}

fn hex(hash: Sha256) -> String {
    let mut text = String::new();
    for byte in hash.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
