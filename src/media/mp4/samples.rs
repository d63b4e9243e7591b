//! Where each frame of a video lies in its file, and how it is decoded: the index, read as [`Boxes`]
//! reads everything.

use super::boxes::{Body, Boxes, MAX_FRAMES};
use super::colour::Colour;
use super::info::{self, VideoInfo};
use super::order::{self, Order};
use super::turn::Turn;
use crate::Result;
use crate::job::Size;

/// No frame takes more: several times what the largest one takes without any compression.
const MAX_FRAME_BYTES: u32 = 64 << 20;

/// One frame in the file.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) at: u64,
    pub(super) bytes: usize,
    /// Whether decoding may start here.
    pub(super) key: bool,
}

/// Everything that is needed to decode a video.
pub(super) struct Samples {
    /// Width and height as they are stored.
    pub(super) size: Size,
    pub(super) fps: f64,
    /// As they are decoded.
    pub(super) places: Vec<Place>,
    /// As they are shown.
    pub(super) order: Order,
    /// How the frames are turned before they are shown.
    pub(super) turn: Turn,
    pub(super) colour: Colour,
    /// The parameter sets behind start codes, as a decoder takes them.
    pub(super) parameters: Vec<u8>,
    /// How many bytes the length of a NAL unit takes.
    pub(super) length_bytes: usize,
}

impl Samples {
    /// Reads the index of a video in H.264.
    pub(super) fn read(boxes: &Boxes) -> Result<Self> {
        let (track, media) = info::picture_track(boxes)?;
        let table = boxes.require(media.clone(), &[b"minf", b"stbl"])?;
        let VideoInfo {
            size, fps, codec, ..
        } = info::of_track(boxes, media.clone())?;
        if codec != "avc1" {
            let name = codec_name(&codec);
            let problem = format!(
                "is a video in {name}, which cannot be read here: convert it to H.264 first"
            );
            return Err(boxes.problem(problem));
        }
        let entry = info::entry(boxes, &table, *b"avc1")?;
        let (parameters, length_bytes) = parameters(boxes, &entry)?;
        let places = places(boxes, &table)?;
        let scale = info::clock(boxes, media)?.scale;
        Ok(Self {
            size,
            fps,
            order: order::read(boxes, &track, &table, scale, places.len())?,
            turn: Turn::read(boxes, &track)?,
            colour: Colour::read(boxes, &entry, size)?,
            places,
            parameters,
            length_bytes,
        })
    }
}

fn places(boxes: &Boxes, table: &Body) -> Result<Vec<Place>> {
    let sizes = sizes(boxes, table)?;
    let mut places = Vec::with_capacity(sizes.len());
    let mut sizes = sizes.into_iter();
    for (offset, count) in chunks(boxes, table)? {
        let mut at = offset;
        for bytes in sizes.by_ref().take(count as usize) {
            places.push(Place {
                at,
                bytes: bytes as usize,
                key: false,
            });
            at = at.saturating_add(u64::from(bytes));
        }
    }
    if places.is_empty() || sizes.next().is_some() {
        return Err(boxes.damaged("frames are missing"));
    }
    mark_keys(boxes, table, &mut places)?;
    Ok(places)
}

fn sizes(boxes: &Boxes, table: &Body) -> Result<Vec<u32>> {
    let body = boxes.require(table.clone(), &[b"stsz"])?;
    let same = u32::from_be_bytes(boxes.field(&body, 4)?);
    let count = u32::from_be_bytes(boxes.field(&body, 8)?) as usize;
    let all = u64::from(same) * count as u64;
    // A size that all share takes no room in the index, but the frames do in the file.
    if all > boxes.all().end {
        return Err(boxes.damaged("frames are missing"));
    }
    if count > MAX_FRAMES {
        let problem = format!("claims to have {count} frames, more than are read: {MAX_FRAMES}");
        return Err(boxes.problem(problem));
    }
    let sizes = match same {
        0 => boxes.numbers(&body, 12, count)?,
        same => vec![same; count],
    };
    match sizes.iter().max() {
        Some(&most) if most > MAX_FRAME_BYTES => {
            Err(boxes.damaged(&format!("a frame claims to have {most} bytes")))
        }
        _ => Ok(sizes),
    }
}

/// Where each chunk begins, and how many frames it has.
fn chunks(boxes: &Boxes, table: &Body) -> Result<Vec<(u64, u32)>> {
    let offsets = offsets(boxes, table)?;
    let body = boxes.require(table.clone(), &[b"stsc"])?;
    let count = u32::from_be_bytes(boxes.field(&body, 4)?) as usize;
    let runs = boxes.numbers(&body, 8, count.saturating_mul(3))?;
    // (first chunk, frames in each, description)
    let mut runs = runs.as_chunks::<3>().0.iter().peekable();
    let mut frames = 0;
    let chunks = (1..).zip(offsets).map(|(chunk, offset)| {
        while let Some([_, count, _]) = runs.next_if(|[first, ..]| *first <= chunk) {
            frames = *count;
        }
        (offset, frames)
    });
    Ok(chunks.collect())
}

fn offsets(boxes: &Boxes, table: &Body) -> Result<Vec<u64>> {
    if let Some(body) = boxes.child(table.clone(), *b"co64")? {
        let count = u32::from_be_bytes(boxes.field(&body, 4)?) as usize;
        let halves = boxes.numbers(&body, 8, count.saturating_mul(2))?;
        let pairs = halves.as_chunks::<2>().0.iter();
        return Ok(pairs
            .map(|&[high, low]| u64::from(high) << 32 | u64::from(low))
            .collect());
    }
    let body = boxes.require(table.clone(), &[b"stco"])?;
    let count = u32::from_be_bytes(boxes.field(&body, 4)?) as usize;
    let offsets = boxes.numbers(&body, 8, count)?;
    Ok(offsets.into_iter().map(u64::from).collect())
}

/// Without a table of them, every frame is a key frame.
fn mark_keys(boxes: &Boxes, table: &Body, places: &mut [Place]) -> Result<()> {
    let Some(body) = boxes.child(table.clone(), *b"stss")? else {
        for place in places {
            place.key = true;
        }
        return Ok(());
    };
    let count = u32::from_be_bytes(boxes.field(&body, 4)?) as usize;
    for number in boxes.numbers(&body, 8, count)? {
        let index = (number as usize).wrapping_sub(1);
        if let Some(place) = places.get_mut(index) {
            place.key = true;
        }
    }
    match places.first() {
        Some(first) if first.key => Ok(()),
        _ => Err(boxes.damaged("it does not begin with a key frame")),
    }
}

/// What people call a codec, where the four letters of a file are none that they know.
fn codec_name(letters: &str) -> String {
    const NAMES: [(&str, &[&str]); 8] = [
        ("HEVC", &["hvc1", "hev1", "dvh1", "dvhe"]),
        (
            "ProRes",
            &[
                "apco", "apcs", "apcn", "apch", "ap4h", "ap4x", "aprn", "aprh",
            ],
        ),
        ("AV1", &["av01"]),
        ("VP9", &["vp09"]),
        ("MPEG-4", &["mp4v", "xvid", "divx"]),
        ("Motion JPEG", &["jpeg", "mjpa", "mjpb", "mjpg"]),
        ("H.266", &["vvc1", "vvi1"]),
        ("Animation", &["rle "]),
    ];
    let known = NAMES
        .iter()
        .find(|(_, all)| all.contains(&letters.to_lowercase().as_str()));
    known.map_or_else(|| letters.to_owned(), |(name, _)| (*name).to_owned())
}

/// The parameter sets, and how many bytes the length of a NAL unit takes. ISO/IEC 14496-15,
/// `AVCDecoderConfigurationRecord`.
fn parameters(boxes: &Boxes, entry: &Body) -> Result<(Vec<u8>, usize)> {
    let record = boxes.require(entry.clone(), &[b"avcC"])?;
    let [length, sequences] = boxes.field::<2>(&record, 4)?;
    let mut stream = Vec::new();
    let at = append_sets(boxes, &record, 6, sequences & 0x1f, &mut stream)?;
    let [pictures] = boxes.field(&record, at)?;
    append_sets(boxes, &record, at + 1, pictures, &mut stream)?;
    Ok((stream, usize::from(length & 3) + 1))
}

/// Adds the parameter sets at this place of the record to `stream`, and tells where they end.
fn append_sets(
    boxes: &Boxes,
    record: &Body,
    mut at: u64,
    count: u8,
    stream: &mut Vec<u8>,
) -> Result<u64> {
    for _ in 0..count {
        let size = u64::from(u16::from_be_bytes(boxes.field(record, at)?));
        let start = record.start + at + 2;
        if start + size > record.end {
            return Err(boxes.damaged("a part is too short"));
        }
        stream.extend(START_CODE);
        stream.extend(boxes.read(start, size as usize)?);
        at += 2 + size;
    }
    Ok(at)
}

/// What a decoder expects before each NAL unit.
pub(super) const START_CODE: [u8; 4] = [0, 0, 0, 1];
