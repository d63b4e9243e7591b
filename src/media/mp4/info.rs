//! What can be told about a video from its index, without decoding anything.

use std::path::Path;

use super::boxes::{Body, Boxes, letters};
use crate::Result;
use crate::job::Size;

/// The facts about a video's picture track.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// Width and height of a frame.
    pub size: Size,
    /// How many frames it has.
    pub frames: u32,
    /// Frames a second, on average.
    pub fps: f64,
    /// How long it plays.
    pub seconds: f64,
    /// The four letters of its codec: `avc1` is H.264.
    pub codec: String,
}

/// Reads the facts about the first picture track of `path`.
pub fn info(path: &Path) -> Result<VideoInfo> {
    let boxes = Boxes::open(path)?;
    let (_, media) = picture_track(&boxes)?;
    of_track(&boxes, media)
}

/// The facts about a picture track.
pub(super) fn of_track(boxes: &Boxes, media: Body) -> Result<VideoInfo> {
    let table = boxes.require(media.clone(), &[b"minf", b"stbl"])?;

    let sizes = boxes.require(table.clone(), &[b"stsz"])?;
    let frames = u32::from_be_bytes(boxes.field(&sizes, 8)?);
    let Clock { scale, duration } = clock(boxes, media)?;
    let seconds = duration as f64 / f64::from(scale);
    let (codec, size) = description(boxes, table)?;
    Ok(VideoInfo {
        size,
        frames,
        fps: if seconds > 0.0 {
            f64::from(frames) / seconds
        } else {
            0.0
        },
        seconds,
        codec,
    })
}

/// The first track with pictures, and what is in its media.
pub(super) fn picture_track(boxes: &Boxes) -> Result<(Body, Body)> {
    let movie = boxes.all();
    let movie = boxes.require(movie, &[b"moov"])?;
    for (kind, track) in boxes.children(movie)? {
        if kind != *b"trak" {
            continue;
        }
        let media = boxes.require(track.clone(), &[b"mdia"])?;
        let handler = boxes.require(media.clone(), &[b"hdlr"])?;
        if boxes.field::<4>(&handler, 8)? == *b"vide" {
            return Ok((track, media));
        }
    }
    Err(boxes.problem("has no picture track"))
}

/// How a track counts time.
pub(super) struct Clock {
    /// Ticks of a second.
    pub(super) scale: u32,
    /// Ticks in all.
    duration: u64,
}

pub(super) fn clock(boxes: &Boxes, media: Body) -> Result<Clock> {
    let header = boxes.require(media, &[b"mdhd"])?;
    let [version] = boxes.field(&header, 0)?;
    let (scale, duration) = if version == 1 {
        let duration = u64::from_be_bytes(boxes.field(&header, 24)?);
        (u32::from_be_bytes(boxes.field(&header, 20)?), duration)
    } else {
        let duration = u32::from_be_bytes(boxes.field(&header, 16)?);
        (
            u32::from_be_bytes(boxes.field(&header, 12)?),
            u64::from(duration),
        )
    };
    if scale == 0 {
        return Err(boxes.damaged("its clock stands still"));
    }
    Ok(Clock { scale, duration })
}

/// What stands behind the fixed part of a sample entry of this kind.
pub(super) fn entry(boxes: &Boxes, table: &Body, kind: [u8; 4]) -> Result<Body> {
    const FIXED: u64 = 78;
    let list = boxes.require(table.clone(), &[b"stsd"])?;
    // Behind version, flags and the number of entries.
    let entry = boxes.require(list.start + 8..list.end, &[&kind])?;
    Ok(entry.start.saturating_add(FIXED).min(entry.end)..entry.end)
}

fn description(boxes: &Boxes, table: Body) -> Result<(String, Size)> {
    let list = boxes.require(table, &[b"stsd"])?;
    // Behind version, flags and the number of entries.
    boxes.field::<8>(&list, 0)?;
    let entries = boxes.children(list.start + 8..list.end)?;
    let Some((kind, entry)) = entries.into_iter().next() else {
        return Err(boxes.damaged("its codec is missing"));
    };
    let width = u16::from_be_bytes(boxes.field(&entry, 24)?);
    let height = u16::from_be_bytes(boxes.field(&entry, 26)?);
    Ok((letters(kind), Size::new(width.into(), height.into())))
}
