//! The bytes of a header, read one thing at a time. Lengths are checked against what is left of the file before
//! anything is allocated for them.

use std::io::Read;

/// The part of a file that was not read yet. Errors continue a sentence that the file's path begins.
pub(super) struct Input<R> {
    reader: R,
    length: u64,
    left: u64,
}

impl<R: Read> Input<R> {
    /// Of a file that is `length` bytes long.
    pub(super) fn new(reader: R, length: u64) -> Self {
        Self {
            reader,
            length,
            left: length,
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
        let length = self.u64()?;
        self.take(length)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(broken)?];
        self.reader.read_exact(&mut bytes).map_err(broken)?;
        String::from_utf8(bytes).map_err(|_| damaged("has a name or text that is no text"))
    }

    /// A number of things of at least `bytes` bytes each, for which there must be room.
    pub(super) fn count(&mut self, bytes: u64) -> Result<u64, String> {
        let count = self.u64()?;
        match count.checked_mul(bytes) {
            Some(all) if all <= self.left => Ok(count),
            _ => Err(cut_short()),
        }
    }

    fn take(&mut self, bytes: u64) -> Result<(), String> {
        self.left = self.left.checked_sub(bytes).ok_or_else(cut_short)?;
        Ok(())
    }
}

/// What of a header makes no sense.
pub(super) fn damaged(how: &str) -> String {
    format!("is damaged: its header {how}; download it again")
}

fn cut_short() -> String {
    "is cut short or damaged: its header ends too early; download it again".into()
}

fn broken(error: impl std::fmt::Display) -> String {
    format!("is cut short or damaged ({error}): download it again")
}
