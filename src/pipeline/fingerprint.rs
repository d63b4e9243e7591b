//! A *fingerprint* of a file that a video is begun with, so that it is noticed when another one has its name later.

use std::fmt::Write as _;
use std::fs::File;
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
    /// That of the file at `path`.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let mut file = disk::open(path)?;
        Self::read(&mut file).map_err(Error::file("read", path))
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
        let mut sha256 = String::new();
        for byte in hash.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(sha256, "{byte:02x}");
        }
        Ok(Self { bytes, sha256 })
    }
}
