//! Frames as pictures: one of them, or a folder with all.

use std::path::Path;

use super::{Frames, Step};
use crate::Result;
use crate::disk::PartialFolder;
use crate::media::photo;

/// Writes frame number `index`.
pub(super) fn still(target: &Path, mut frames: Frames, index: usize, step: Step) -> Result<()> {
    step(0, 1)?;
    let pixels = frames.get(index)?;
    step(1, 1)?;
    photo::save(target, frames.size, &pixels)
}

/// Writes all frames as `0001.png` and so on into the folder `target`, which must be new or empty: the one with the
/// pictures takes its place when the last one is written.
pub(super) fn sequence(target: &Path, mut frames: Frames, step: Step) -> Result<()> {
    let folder = PartialFolder::create(target)?;
    let digits = frames.len().to_string().len().max(4);
    for index in 0..frames.len() {
        step(index, frames.len())?;
        let name = format!("{:0digits$}.png", index + 1);
        photo::save(&folder.path().join(name), frames.size, &frames.get(index)?)?;
    }
    step(frames.len(), frames.len())?;
    folder.finish()
}
