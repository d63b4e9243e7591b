//! A *box* is the unit of an MP4: a size, a four-letter kind and a body, which may be more boxes.
//!
//! This is the reading side. It believes nothing that a file says about itself: every range is checked
//! against the one around it, and nothing is allocated before its size has been.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{Error, Flaw, Result};

/// The four letters of a box.
pub(super) type Kind = [u8; 4];

/// No video that we know has as many boxes on one level; a file of nothing but headers ends here.
const MAX_SIBLINGS: usize = 10_000;

/// More frames than these, eleven hours of them, are not read: a few bytes can claim any number.
pub(super) const MAX_FRAMES: usize = 1_000_000;

/// No table has more numbers: some for each of [`MAX_FRAMES`].
const MAX_NUMBERS: usize = 4_000_000;

/// The bytes of the file in which a box has its body.
pub(super) type Body = Range<u64>;

/// An MP4 opened for reading.
pub(super) struct Boxes {
    file: File,
    path: PathBuf,
    length: u64,
}

impl Boxes {
    /// Opens `path` and looks whether it begins like an MP4.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = disk::open(path)?;
        let found = file.metadata().map_err(Error::file("read", path))?;
        let boxes = Self {
            file,
            path: path.to_owned(),
            length: found.len(),
        };
        boxes.recognise()?;
        Ok(boxes)
    }

    /// Files in which QuickTime left out the first box begin with one of the others.
    fn recognise(&self) -> Result<()> {
        const BEGINNINGS: [&Kind; 6] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"];
        let known = self.length >= 8 && BEGINNINGS.contains(&&self.bytes::<4>(4)?);
        if known {
            Ok(())
        } else {
            Err(self.problem("is not an MP4 video"))
        }
    }

    /// The body of the whole file.
    pub(super) fn all(&self) -> Body {
        0..self.length
    }

    /// The boxes in `body`.
    pub(super) fn children(&self, body: Body) -> Result<Vec<(Kind, Body)>> {
        let mut children = Vec::new();
        let mut at = body.start;
        // Fewer than eight bytes at the end are padding, which QuickTime leaves.
        while body.end.saturating_sub(at) >= 8 {
            if children.len() == MAX_SIBLINGS {
                return Err(self.damaged("it has too many parts"));
            }
            let (kind, child) = self.header(at, body.end)?;
            at = child.end;
            children.push((kind, child));
        }
        Ok(children)
    }

    /// The first box of this kind in `body`.
    pub(super) fn child(&self, body: Body, kind: Kind) -> Result<Option<Body>> {
        let children = self.children(body)?;
        Ok(children
            .into_iter()
            .find(|child| child.0 == kind)
            .map(|child| child.1))
    }

    /// Steps from box to box by `kinds`; `None` if one of them is missing.
    pub(super) fn descend(&self, body: Body, kinds: &[&Kind]) -> Result<Option<Body>> {
        let mut found = Some(body);
        for kind in kinds {
            let Some(body) = found else { break };
            found = self.child(body, **kind)?;
        }
        Ok(found)
    }

    /// As [`Boxes::descend`], where the box must be there.
    pub(super) fn require(&self, body: Body, kinds: &[&Kind]) -> Result<Body> {
        let found = self.descend(body, kinds)?;
        found.ok_or_else(|| {
            let names: Vec<_> = kinds.iter().map(|kind| letters(**kind)).collect();
            self.damaged(&format!("{} is missing", names.join("/")))
        })
    }

    /// `N` bytes at `offset` into `body`.
    pub(super) fn field<const N: usize>(&self, body: &Body, offset: u64) -> Result<[u8; N]> {
        let fits = (body.end - body.start)
            .checked_sub(offset)
            .is_some_and(|rest| rest >= N as u64);
        if !fits {
            return Err(self.damaged("a part is too short"));
        }
        self.bytes(body.start + offset)
    }

    /// `count` numbers of four bytes at `offset` into `body`.
    pub(super) fn numbers(&self, body: &Body, offset: u64, count: usize) -> Result<Vec<u32>> {
        let fits = (body.end - body.start)
            .checked_sub(offset)
            .is_some_and(|rest| rest / 4 >= count as u64);
        if !fits {
            return Err(self.damaged("a table is too short"));
        }
        if count > MAX_NUMBERS {
            return Err(self.problem(
                "has a table too long to be read: only videos that Zoetrope made can be read",
            ));
        }
        let bytes = self.read(body.start + offset, 4 * count)?;
        let words = bytes.as_chunks::<4>().0.iter();
        Ok(words.map(|word| u32::from_be_bytes(*word)).collect())
    }

    /// `count` bytes at the place `at` of the file, which must have them.
    pub(super) fn read(&self, at: u64, count: usize) -> Result<Vec<u8>> {
        let fits = self
            .length
            .checked_sub(at)
            .is_some_and(|rest| rest >= count as u64);
        if !fits {
            return Err(self.damaged("it ends too early"));
        }
        let mut bytes = vec![0; count];
        self.file
            .read_exact_at(&mut bytes, at)
            .map_err(Error::file("read", &self.path))?;
        Ok(bytes)
    }

    /// All of `body` as text.
    pub(super) fn text(&self, body: &Body, limit: u64) -> Result<String> {
        let size = body.end - body.start;
        if size > limit {
            return Err(self.problem(format!("holds a text of {size} bytes, too long to be read")));
        }
        let bytes = self.read(body.start, size as usize)?;
        String::from_utf8(bytes).map_err(|_| self.damaged("a text is not in UTF-8"))
    }

    /// The error for content that makes no sense.
    pub(super) fn damaged(&self, how: &str) -> Error {
        self.problem(Flaw::CutShort(how.to_owned()))
    }

    /// The error for content that is not what was looked for.
    pub(super) fn problem(&self, problem: impl Into<Flaw>) -> Error {
        Error::content(&self.path, problem)
    }

    /// Reads the header at `at`; the box must end at or before `end`.
    fn header(&self, at: u64, end: u64) -> Result<(Kind, Body)> {
        let [a, b, c, d, kind @ ..] = self.bytes::<8>(at)?;
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of what is around it.
            0 => (8, end - at),
            // In 64 bits behind the kind.
            1 if end - at < 16 => return Err(self.damaged("a part is too short")),
            1 => (16, u64::from_be_bytes(self.bytes(at + 8)?)),
            size => (8, u64::from(size)),
        };
        if size < header || size > end - at {
            return Err(self.damaged(&format!("the size of {} cannot be true", letters(kind))));
        }
        Ok((kind, at + header..at + size))
    }

    fn bytes<const N: usize>(&self, at: u64) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file
            .read_exact_at(&mut bytes, at)
            .map_err(Error::file("read", &self.path))?;
        Ok(bytes)
    }
}

/// A kind as people write it; anything that is no letter becomes a question mark.
pub(super) fn letters(kind: Kind) -> String {
    let letter = |byte: u8| match byte {
        0xa9 => '©',
        b' '..=b'~' => char::from(byte),
        _ => '?',
    };
    kind.map(letter).iter().collect()
}
