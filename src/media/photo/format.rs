//! What kind of file it is that somebody takes for a picture, told by its first bytes, whatever its name says.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use image::ImageFormat;

/// How far kinds are looked for that may begin later: a PDF may have other bytes before it, a drawing comments.
const HEAD: usize = 1024;

/// What a file turned out to be.
pub(super) enum Kind {
    /// A picture that can be read.
    Picture(ImageFormat),
    /// A picture that some systems read, and what to do about it where they do not: continues a sentence that its path
    /// begins.
    Foreign(String),
    /// Something else, and what to do about it.
    Other(String),
    Unknown,
}

impl Kind {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let mut bytes = [0; HEAD];
        let there = read_at(file, &mut bytes, 0)?;
        let head = &bytes[..there];
        if let Some(kind) = foreign(head) {
            return Ok(kind);
        }
        Ok(match image::guess_format(head) {
            Ok(ImageFormat::Tiff) if is_raw(file, head)? => Self::Foreign(RAW.into()),
            Ok(format) if format.reading_enabled() => Self::Picture(format),
            _ => Self::Unknown,
        })
    }
}

const RAW: &str = "is a raw photo, as cameras record it: export it as JPEG first";

/// What is said of a kind that is known but not read here.
fn foreign(head: &[u8]) -> Option<Kind> {
    let picture = |name: &str| {
        Some(Kind::Foreign(format!(
            "is a picture in {name}, which is not read here: export it as JPEG or PNG first"
        )))
    };
    let at = |at: usize, bytes: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(bytes));
    let any = |beginnings: &[&[u8]]| beginnings.iter().any(|bytes| head.starts_with(bytes));
    if at(4, b"ftyp") {
        return Some(of_brand(head));
    }
    if any(&[b"\xff\x0a", b"\0\0\0\x0cJXL "]) {
        return picture("JPEG XL");
    }
    if any(&[b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"]) {
        return picture("JPEG 2000");
    }
    if any(&[b"8BPS"]) {
        return picture("Photoshop's format");
    }
    if any(&[b"\x76\x2f\x31\x01"]) {
        return picture("OpenEXR");
    }
    if any(&[b"icns", b"\0\0\x01\0"]) {
        return Some(Kind::Other("is an icon: export it as PNG first".into()));
    }
    let is_raw = any(&[
        b"IIRO",
        b"IIRS",
        b"MMOR",
        b"IIU\0",
        b"FUJIFILMCCD-RAW",
        b"FOVb",
    ]);
    if is_raw || at(8, b"CR\x02\0") {
        return Some(Kind::Foreign(RAW.into()));
    }
    let matroska: &[u8] = b"\x1a\x45\xdf\xa3";
    if any(&[matroska, b"FLV\x01", b"\0\0\x01\xba", b"OggS"])
        || at(8, b"AVI ")
        || [b"moov", b"mdat", b"wide"].iter().any(|kind| at(4, *kind))
    {
        return Some(Kind::Other(VIDEO.into()));
    }
    of_text(head).map(Kind::Other)
}

const VIDEO: &str = "is a video, not a picture: save one of its frames as PNG first";

/// Files of Apple's and MPEG's kind say by four letters what they hold, and by further ones what else may read them.
fn of_brand(head: &[u8]) -> Kind {
    let length = head
        .first_chunk()
        .map_or(0, |length| u32::from_be_bytes(*length));
    let brands = head.get(8..).unwrap_or_default();
    let brands = &brands[..brands.len().min((length as usize).saturating_sub(8))];
    let has = |names: &[&[u8; 4]]| {
        // Between the first and the others lies a version.
        let all = brands.as_chunks::<4>().0.iter().enumerate();
        let mut brands = all.filter(|&(place, _)| place != 1);
        brands.any(|(_, brand)| names.contains(&brand))
    };
    if has(&[b"avif", b"avis"]) {
        Kind::Foreign("is an AVIF picture: export it as JPEG first".into())
    } else if has(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
    ]) {
        Kind::Foreign("is a HEIC photo: export it as JPEG first".into())
    } else if has(&[b"crx "]) {
        Kind::Foreign(RAW.into())
    } else {
        Kind::Other(VIDEO.into())
    }
}

/// Kinds that are written in letters, behind blanks.
fn of_text(head: &[u8]) -> Option<String> {
    let has = |word: &[u8]| {
        head.windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let begins =
        |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if has(b"%PDF-") {
        Some("is a PDF: export the page as PNG first".into())
    } else if begins(b"<") && has(b"<svg") {
        Some("is an SVG drawing: export it as PNG first".into())
    } else if begins(b"<!doctype html") || begins(b"<html") {
        Some("is a web page, not a picture: download the picture itself".into())
    } else if begins(b"%!PS") {
        Some("is a PostScript drawing: export it as PNG first".into())
    } else {
        None
    }
}

/// Whether a TIFF is what a camera records: its first picture is only a small one for looking at, and the real one lies
/// below it, or it calls itself a DNG.
///
/// TIFF 6.0, section 2; TIFF/EP and DNG for the tags.
fn is_raw(file: &File, head: &[u8]) -> io::Result<bool> {
    const MOST_TAGS: usize = 512;
    const SMALLER: u16 = 254;
    const BELOW: u16 = 330;
    const DNG: u16 = 50_706;
    let little = head.starts_with(b"II");
    let short = |bytes: [u8; 2]| {
        if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    };
    let long = |bytes: [u8; 4]| {
        if little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    };
    let Some(&at) = head.get(4..).and_then(<[u8]>::first_chunk) else {
        return Ok(false);
    };
    let mut tags = vec![0; 2 + 12 * MOST_TAGS];
    let there = read_at(file, &mut tags, u64::from(long(at)))?;
    let Some((&count, tags)) = tags[..there].split_first_chunk() else {
        return Ok(false);
    };
    let tags = tags.as_chunks::<12>().0.iter().take(short(count).into());
    let (mut smaller, mut below) = (false, false);
    for &[a, b, _, _, _, _, _, _, v, w, x, y] in tags {
        match short([a, b]) {
            DNG => return Ok(true),
            SMALLER => smaller = long([v, w, x, y]) & 1 == 1,
            BELOW => below = true,
            _ => {}
        }
    }
    Ok(smaller && below)
}

/// Reads as much as there is.
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<usize> {
    let mut there = 0;
    while there < bytes.len() {
        match file.read_at(&mut bytes[there..], at + there as u64) {
            Ok(0) => break,
            Ok(more) => there += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(there)
}
