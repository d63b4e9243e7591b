//! The signature inside a program or library: a superblob of blobs, all numbers big-endian (XNU,
//! `osfmk/kern/cs_blobs.h`).

use std::ops::Range;

use anyhow::{Context as _, Result, bail};
use goblin::mach::MachO;
use goblin::mach::load_command::CommandVariant;
use sha2::{Digest as _, Sha256};

const SUPERBLOB: u32 = 0xfade_0cc0;
const CODE_DIRECTORY: u32 = 0xfade_0c02;
const SHA256: u8 = 2;

/// Parts that a code directory vouches for, by their number.
pub const INFO_PLIST: u32 = 1;
pub const RESOURCES: u32 = 3;
/// Those of them that lie in the signature itself: requirements, entitlements as text and in DER.
const INSIDE: [u32; 3] = [2, 5, 7];

/// A signature that was read, with the code that it signs.
pub struct Signature<'a> {
    code: &'a [u8],
    /// (kind, bytes) of each blob.
    blobs: Vec<(u32, &'a [u8])>,
}

impl<'a> Signature<'a> {
    /// Finds the signature in the file `bytes`.
    pub fn read(bytes: &'a [u8]) -> Result<Self> {
        let file = MachO::parse(bytes, 0)?;
        let place = file
            .load_commands
            .iter()
            .find_map(|command| match command.command {
                CommandVariant::CodeSignature(it) => Some(it),
                _ => None,
            });
        let place = place.context("it is not signed")?;
        let start = place.dataoff as usize;
        let data = slice(bytes, start..start + place.datasize as usize)?;
        if number(data, 0)? != SUPERBLOB {
            bail!("its signature is none");
        }
        let count = number(data, 8)? as usize;
        let blobs = (0..count).map(|index| {
            let kind = number(data, 12 + 8 * index)?;
            let start = number(data, 16 + 8 * index)? as usize;
            let length = number(data, start + 4)? as usize;
            Ok((kind, slice(data, start..start + length)?))
        });
        Ok(Self {
            code: &bytes[..start],
            blobs: blobs.collect::<Result<_>>()?,
        })
    }

    /// Checks the code itself, page by page, and what lies in the signature.
    pub fn check(&self) -> Result<()> {
        let directory = self.directory()?;
        if number(directory, 32)? as usize != self.code.len() {
            bail!("its signature does not cover all of the code");
        }
        let page = 1_usize << byte(directory, 39)?;
        let count = number(directory, 28)? as usize;
        if count != self.code.len().div_ceil(page) {
            bail!("its signature has not one hash for each page");
        }
        for (index, page) in self.code.chunks(page).enumerate() {
            if self.hash(index as isize)? != sha256(page) {
                bail!("page {index} of the code was changed after it was signed");
            }
        }
        for kind in INSIDE {
            match self.blob(kind) {
                Some(blob) => self.check_part(kind, blob)?,
                None => self.check_absent(kind)?,
            }
        }
        Ok(())
    }

    /// Checks a part that the signature vouches for.
    pub fn check_part(&self, kind: u32, part: &[u8]) -> Result<()> {
        if self.hash(-(kind as isize))? != sha256(part) {
            bail!("part {kind} of what was signed was changed");
        }
        Ok(())
    }

    fn check_absent(&self, kind: u32) -> Result<()> {
        match self.hash(-(kind as isize)) {
            Ok(hash) if hash.iter().any(|byte| *byte != 0) => {
                bail!("part {kind} of what was signed is missing")
            }
            _ => Ok(()),
        }
    }

    /// What names this code in the seal of another: the beginning of the hash of its directory.
    pub fn name(&self) -> Result<Vec<u8>> {
        Ok(sha256(self.directory()?)[..20].to_vec())
    }

    fn directory(&self) -> Result<&'a [u8]> {
        let directory = self.blob(0).context("its signature has no directory")?;
        if number(directory, 0)? != CODE_DIRECTORY || byte(directory, 37)? != SHA256 {
            bail!("its signature has no directory of SHA-256");
        }
        Ok(directory)
    }

    fn blob(&self, kind: u32) -> Option<&'a [u8]> {
        let found = self.blobs.iter().find(|(other, _)| *other == kind);
        found.map(|(_, blob)| *blob)
    }

    /// The hash of a page, or with a negative number that of a part.
    fn hash(&self, index: isize) -> Result<&'a [u8]> {
        const LENGTH: isize = 32;
        let directory = self.directory()?;
        let parts = number(directory, 24)? as isize;
        let start = number(directory, 16)? as isize + index * LENGTH;
        if -index > parts || start < 0 {
            bail!("its signature says nothing of part {}", -index);
        }
        slice(directory, start as usize..(start + LENGTH) as usize)
    }
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn slice(bytes: &[u8], range: Range<usize>) -> Result<&[u8]> {
    bytes.get(range).context("its signature is cut off")
}

fn number(bytes: &[u8], at: usize) -> Result<u32> {
    let number = slice(bytes, at..at + 4)?;
    Ok(u32::from_be_bytes(number.try_into()?))
}

fn byte(bytes: &[u8], at: usize) -> Result<u8> {
    Ok(slice(bytes, at..at + 1)?[0])
}
