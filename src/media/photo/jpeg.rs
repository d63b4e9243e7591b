//! Whether a JPEG is whole. Decoders show what there is of one and leave the rest grey; a first frame must not be that.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::MAX_PIXELS;
use crate::job::Flaw;
use crate::{Error, Result};

/// No photo takes more: as many bytes as the largest picture has values.
const MOST_BYTES: u64 = 3 * MAX_PIXELS;

/// A JPEG from its beginning to its end marker; what comes behind, as the videos of live photos do, is left.
pub(super) struct Jpeg {
    pub(super) bytes: Vec<u8>,
    /// Whether it comes in several scans, all of which a decoder has to keep until the last.
    pub(super) in_scans: bool,
}

/// The JPEG in `file`.
///
/// # Errors
/// It has no end marker, or less in it than its size takes at the very least.
pub(super) fn whole(path: &Path, file: &File) -> Result<Jpeg> {
    let read = || Error::file("read", path);
    let damaged = |how: &str| Err(Error::content(path, Flaw::CutShort(how.to_owned())));
    let mut scan = Scan {
        reader: BufReader::with_capacity(1 << 16, Read::take(file, MOST_BYTES)),
        at: 0,
        scanned: 0,
        scans: 0,
        blocks: 0,
    };
    match scan.skip_to_end() {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return damaged("its end is missing");
        }
        Err(error) => return Err(read()(error)),
    }
    // A block of 8 x 8 pixels takes a bit or more.
    if scan.blocks > 8 * scan.scanned {
        return damaged("there is less in it than its size takes");
    }
    let mut bytes = vec![0; scan.at as usize];
    let mut file = file;
    file.seek(SeekFrom::Start(0)).map_err(read())?;
    file.read_exact(&mut bytes).map_err(read())?;
    Ok(Jpeg {
        bytes,
        in_scans: scan.scans > 1,
    })
}

/// A walk from marker to marker. ITU-T T.81, annex B.
struct Scan<R> {
    reader: R,
    /// How many bytes were read.
    at: u64,
    /// How many of them are the picture itself.
    scanned: u64,
    scans: usize,
    /// The blocks of the brightness.
    blocks: u64,
}

/// Markers, by their second byte.
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const FILL: u8 = 0xff;

impl<R: BufRead> Scan<R> {
    /// Walks to the end marker.
    fn skip_to_end(&mut self) -> io::Result<()> {
        let mut marker = self.next_marker()?;
        loop {
            marker = match marker {
                END => return Ok(()),
                SCAN => {
                    self.scans += 1;
                    self.skip_segment()?;
                    self.behind_scan()?
                }
                // Those without a length: temporary, restarts and the beginning.
                0x01 | 0xd0..=0xd8 => self.next_marker()?,
                // The beginning of a frame; three of these numbers are tables.
                0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                    self.read_frame()?;
                    self.next_marker()?
                }
                _ => {
                    self.skip_segment()?;
                    self.next_marker()?
                }
            };
        }
    }

    /// The second byte of the next marker. Decoders pass over what lies before one.
    fn next_marker(&mut self) -> io::Result<u8> {
        self.at += self.reader.skip_until(FILL)? as u64;
        loop {
            match self.byte()? {
                FILL => {}
                0 => self.at += self.reader.skip_until(FILL)? as u64,
                marker => return Ok(marker),
            }
        }
    }

    /// Passes over a scan, to the marker behind it: 0 tells a byte of the picture, and restarts belong to it.
    fn behind_scan(&mut self) -> io::Result<u8> {
        let start = self.at;
        loop {
            match self.next_marker()? {
                0xd0..=0xd7 => {}
                marker => {
                    self.scanned += self.at - start;
                    return Ok(marker);
                }
            }
        }
    }

    /// The size, and how many blocks of brightness there are at the least.
    fn read_frame(&mut self) -> io::Result<()> {
        let [a, b, _precision, c, d, e, f] = self.bytes()?;
        let (height, width) = (u16::from_be_bytes([c, d]), u16::from_be_bytes([e, f]));
        self.blocks = u64::from(width).div_ceil(8) * u64::from(height).div_ceil(8);
        self.skip(u64::from(u16::from_be_bytes([a, b])).saturating_sub(7))
    }

    fn skip_segment(&mut self) -> io::Result<()> {
        let length = u64::from(u16::from_be_bytes(self.bytes()?));
        self.skip(length.saturating_sub(2))
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.reader.by_ref().take(bytes), &mut io::sink())?;
        self.at += skipped;
        if skipped < bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn byte(&mut self) -> io::Result<u8> {
        self.bytes().map(|[byte]| byte)
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }
}
