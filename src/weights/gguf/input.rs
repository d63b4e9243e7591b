//! The bytes of a header, read one thing at a time. Lengths are checked against what is left of the file before
//! anything is allocated for them.

use std::io::Read;

/// No header is longer: the largest vocabularies take a quarter of it. So a file of many gigabytes may not have all of
/// them read as one.
const LONGEST_HEADER: u64 = 64 << 20;

/// The part of a file that was not read yet. Errors continue a sentence that the file's path begins.
pub(super) struct Input<R> {
    reader: R,
    /// How much of the file a header may take.
    length: u64,
    left: u64,
    is_longer: bool,
}

impl<R: Read> Input<R> {
    /// Of a file that is `length` bytes long.
    pub(super) fn new(reader: R, length: u64) -> Self {
        Self {
            reader,
            length: length.min(LONGEST_HEADER),
            left: length.min(LONGEST_HEADER),
            is_longer: length > LONGEST_HEADER,
        }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> u64 {
        self.length - self.left
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N as u64)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, String> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64, String> {
        self.array().map(u64::from_le_bytes)
    }

    /// A string with its length before it.
    pub(super) fn text(&mut self) -> Result<String, String> {
        String::from_utf8(self.bytes()?).map_err(|_| damaged("has a name or text that is no text"))
    }

    /// A list of bytes with its length before it.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, String> {
        let length = self.u64()?;
        self.take(length)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(broken)?];
        self.reader.read_exact(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }

    /// A number of things of at least `bytes` bytes each, for which there must be room; at most so many.
    pub(super) fn count(&mut self, bytes: u64, most: u64) -> Result<u64, String> {
        let count = self.u64()?;
        match count.checked_mul(bytes) {
            Some(all) if all <= self.left && count <= most => Ok(count),
            Some(all) if all <= self.left => Err(too_long()),
            _ => Err(self.ends_early()),
        }
    }

    fn take(&mut self, bytes: u64) -> Result<(), String> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| self.ends_early())?;
        Ok(())
    }

    /// What is said where more is claimed than there is, or than a header may take.
    fn ends_early(&self) -> String {
        if self.is_longer {
            too_long()
        } else {
            "is cut short or damaged: its header ends too early; download it again".into()
        }
    }
}

/// What of a header makes no sense.
pub(super) fn damaged(how: &str) -> String {
    format!("is damaged: its header {how}; download it again")
}

fn too_long() -> String {
    "has a header longer than any model's: it is damaged, or no model; download it again".into()
}

fn broken(error: impl std::fmt::Display) -> String {
    format!("is cut short or damaged ({error}): download it again")
}
