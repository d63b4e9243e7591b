//! The *order* in which frames are shown. It is not that in which they lie in the file where some are made of later ones,
//! and what was cut off in another program is still there.

use super::boxes::{Body, Boxes, MAX_FRAMES};
use crate::Result;

/// Which frames are shown, and when.
pub(super) struct Order {
    /// All of them as they are shown: their numbers in the file.
    all: Vec<usize>,
    /// How many are cut off before the first that is shown.
    cut: usize,
    /// How many are shown.
    count: usize,
    /// Whether they lie in the file as they are shown.
    pub(super) is_plain: bool,
}

impl Order {
    /// How many are shown.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The place among all frames of one that is shown.
    pub(super) fn rank(&self, index: usize) -> Option<usize> {
        (index < self.count).then(|| self.cut + index)
    }

    /// The frames from which on decoding may lead to the frame of this rank if they are key frames, the latest first: their
    /// numbers in the file, which are their ranks, too. What comes after them in the file is shown after them, and what comes
    /// before before.
    pub(super) fn starts(&self, rank: usize) -> impl Iterator<Item = usize> {
        let last = rank.min(self.all.len().saturating_sub(1));
        let is_closed = |at: usize| {
            let (before, after) = self.all.split_at(at);
            before.iter().all(|&number| number < at) && after.iter().all(|&number| number >= at)
        };
        (0..=last).rev().filter(move |&at| is_closed(at))
    }
}

/// Reads in which order the frames of a track are shown.
pub(super) fn read(
    boxes: &Boxes,
    track: &Body,
    table: &Body,
    scale: u32,
    count: usize,
) -> Result<Order> {
    let shown = times(boxes, table, count)?;
    let mut all: Vec<usize> = (0..count).collect();
    all.sort_by_key(|&number| shown[number]);
    let is_plain = all.iter().enumerate().all(|(rank, &number)| rank == number);
    let (from, to) = edit(boxes, track, scale)?;
    let is_shown = |&&number: &&usize| (from..to).contains(&shown[number]);
    let cut = all.iter().take_while(|&&n| shown[n] < from).count();
    let within = all.iter().filter(is_shown).count();
    // An edit that leaves nothing is none that anybody meant.
    let (cut, within) = if within == 0 {
        (0, count)
    } else {
        (cut, within)
    };
    Ok(Order {
        all,
        cut,
        count: within,
        is_plain,
    })
}

/// When each frame is shown, in ticks.
fn times(boxes: &Boxes, table: &Body, count: usize) -> Result<Vec<i64>> {
    let durations = runs(boxes, table, *b"stts", count)?.unwrap_or_default();
    let offsets = runs(boxes, table, *b"ctts", count)?.unwrap_or_default();
    let mut times = Vec::with_capacity(count);
    let mut now = 0_i64;
    for number in 0..count {
        // Version 1 has offsets below zero, and some write these in version 0 too.
        let offset = offsets
            .get(number)
            .map_or(0, |&offset| offset.cast_signed());
        times.push(now.saturating_add(offset.into()));
        now = now.saturating_add(durations.get(number).copied().unwrap_or(1).into());
    }
    Ok(times)
}

/// A table of runs, (how many frames, a number for each of them), as a number for each frame.
fn runs(boxes: &Boxes, table: &Body, kind: [u8; 4], most: usize) -> Result<Option<Vec<u32>>> {
    let Some(body) = boxes.child(table.clone(), kind)? else {
        return Ok(None);
    };
    let count = u32::from_be_bytes(boxes.field(&body, 4)?) as usize;
    let runs = boxes.numbers(&body, 8, count.min(MAX_FRAMES).saturating_mul(2))?;
    let mut numbers = Vec::new();
    for &[count, number] in runs.as_chunks::<2>().0 {
        let left = most.saturating_sub(numbers.len());
        numbers.extend(std::iter::repeat_n(number, left.min(count as usize)));
    }
    Ok(Some(numbers))
}

/// From when to when the track is shown, in its own ticks. Of several edits only the first that shows something counts.
fn edit(boxes: &Boxes, track: &Body, scale: u32) -> Result<(i64, i64)> {
    const WHOLE: (i64, i64) = (i64::MIN, i64::MAX);
    let Some(list) = boxes.descend(track.clone(), &[b"edts", b"elst"])? else {
        return Ok(WHOLE);
    };
    let [version] = boxes.field(&list, 0)?;
    let count = u32::from_be_bytes(boxes.field(&list, 4)?);
    let movie = boxes.require(boxes.all(), &[b"moov", b"mvhd"])?;
    let [movie_version] = boxes.field(&movie, 0)?;
    let at = if movie_version == 1 { 20 } else { 12 };
    let movie_scale = u32::from_be_bytes(boxes.field(&movie, at)?).max(1);
    let size = if version == 1 { 20 } else { 12 };
    for number in 0..u64::from(count.min(1000)) {
        let at = 8 + number * size;
        let (length, start) = if version == 1 {
            (
                u64::from_be_bytes(boxes.field(&list, at)?),
                i64::from_be_bytes(boxes.field(&list, at + 8)?),
            )
        } else {
            let start: i32 = i32::from_be_bytes(boxes.field(&list, at + 4)?);
            (
                u32::from_be_bytes(boxes.field(&list, at)?).into(),
                start.into(),
            )
        };
        // Before that nothing is shown.
        if start < 0 {
            continue;
        }
        if length == 0 {
            return Ok((start, i64::MAX));
        }
        let ticks = length as f64 * f64::from(scale) / f64::from(movie_scale);
        // Half a tick of the movie may be missing at the end.
        let end = start.saturating_add(ticks.ceil() as i64);
        return Ok((start, end));
    }
    Ok(WHOLE)
}
