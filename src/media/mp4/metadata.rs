//! What a video says about itself: the settings that made it, as the comment that iTunes, QuickTime
//! and ffprobe show.

use std::path::Path;

use super::boxes::{Body, Boxes, Kind};
use crate::{Error, Result};

const COMMENT: Kind = *b"\xa9cmt";
const TOOL: Kind = *b"\xa9too";

/// Longer comments are not read: ours are a thousandth of it.
const MAX_TEXT: u64 = 16 << 20;

/// The settings stored in a video when it was written, or `None` when there is no comment in it.
///
/// Other programs write comments too, so the caller must expect any text.
pub fn settings(path: &Path) -> Result<Option<String>> {
    let boxes = Boxes::open(path)?;
    let movie = boxes.all();
    let movie = boxes.require(movie, &[b"moov"])?;
    let Some(body) = boxes.descend(movie, &[b"udta", b"meta"])? else {
        return Ok(None);
    };
    let list = list_of(&boxes, body)?;
    let Some(data) = boxes.descend(list, &[b"ilst", &COMMENT, b"data"])? else {
        return Ok(None);
    };
    // Before the text: its type and its language.
    if boxes.field::<4>(&data, 0)? != UTF_8 {
        return Ok(None);
    }
    boxes.field::<4>(&data, 4)?;
    boxes.text(&(data.start + 8..data.end), MAX_TEXT).map(Some)
}

/// ISO's `meta` begins with four bytes of version and flags, QuickTime's at once with its boxes.
fn list_of(boxes: &Boxes, meta: Body) -> Result<Body> {
    let skipped = if boxes.field::<4>(&meta, 4)? == *b"hdlr" {
        0
    } else {
        4
    };
    Ok(meta.start + skipped..meta.end)
}

/// The box `udta` with the settings and the name of this program.
pub(super) fn user_data(settings: &str) -> Result<Vec<u8>> {
    if settings.len() as u64 > MAX_TEXT {
        return Err(Error::Other(
            "The settings are too long to be stored in the video".into(),
        ));
    }
    let tool = concat!("Zoetrope ", env!("CARGO_PKG_VERSION"));
    let list = [text(TOOL, tool), text(COMMENT, settings)].concat();
    let meta = [&[0; 4], handler().as_slice(), &of(*b"ilst", &list)].concat();
    Ok(of(*b"udta", &of(*b"meta", &meta)))
}

/// The type of a text in an `ilst`.
const UTF_8: [u8; 4] = [0, 0, 0, 1];

fn text(kind: Kind, text: &str) -> Vec<u8> {
    const ANY_LANGUAGE: [u8; 4] = [0; 4];
    let data = [&UTF_8, &ANY_LANGUAGE, text.as_bytes()].concat();
    of(kind, &of(*b"data", &data))
}

/// Says that an iTunes list follows.
fn handler() -> Vec<u8> {
    let body = [&[0; 8], b"mdirappl".as_slice(), &[0; 9]].concat();
    of(*b"hdlr", &body)
}

/// A box of `kind`. Its body is far below 4 GiB here.
fn of(kind: Kind, body: &[u8]) -> Vec<u8> {
    let size = (body.len() + 8) as u32;
    [&size.to_be_bytes(), &kind, body].concat()
}
