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
    let media = picture_track(&boxes)?;
    of_track(&boxes, media)
}

/// The facts about a picture track.
pub(super) fn of_track(boxes: &Boxes, media: Body) -> Result<VideoInfo> {
    let table = boxes.require(media.clone(), &[b"minf", b"stbl"])?;

    let sizes = boxes.require(table.clone(), &[b"stsz"])?;
    let frames = u32::from_be_bytes(boxes.field(&sizes, 8)?);
    let seconds = seconds(boxes, media)?;
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

pub(super) fn picture_track(boxes: &Boxes) -> Result<Body> {
    let movie = boxes.all();
    let movie = boxes.require(movie, &[b"moov"])?;
    for (kind, track) in boxes.children(movie)? {
        if kind != *b"trak" {
            continue;
        }
        let media = boxes.require(track, &[b"mdia"])?;
        let handler = boxes.require(media.clone(), &[b"hdlr"])?;
        if boxes.field::<4>(&handler, 8)? == *b"vide" {
            return Ok(media);
        }
    }
    Err(boxes.problem("has no picture track"))
}

fn seconds(boxes: &Boxes, media: Body) -> Result<f64> {
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
    Ok(duration as f64 / f64::from(scale))
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
