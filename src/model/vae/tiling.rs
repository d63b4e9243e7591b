//! The layers that work on the largest pictures may take them apart into *tiles*, so that memory is
//! what a tile needs.
//!
//! Neighbouring tiles overlap by as much as those layers see, and of each tile only what no edge has
//! reached is kept. So there is nothing to blend: the picture is the same as without tiles.

use std::ops::Range;

use mlx_rs::Array;
use mlx_rs::ops::concatenate;
use mlx_rs::ops::indexing::TryIndexOp;

use crate::Result;
use crate::backend::Backend;

/// How far the layers see in the pixels that they are given. Those of a decoder have seven
/// convolutions of 3 × 3 before they double the picture, of which the last is half as wide, and seven
/// half as wide after it: 10 pixels. Those of an encoder have five, and one that halves: 7.
pub const REACH: i32 = 10;

/// Pixels that are halved together stay together.
const STEP: i32 = 2;

/// How much of a clip the layers are given at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// The most frames at a time.
    pub frames: i32,
    /// The tiles of a picture from top to bottom.
    pub rows: i32,
    /// Those from left to right.
    pub columns: i32,
}

impl Tiling {
    /// Single frames, each as one tile.
    pub const WHOLE: Self = Self {
        frames: 1,
        rows: 1,
        columns: 1,
    };

    /// The fastest one where memory does not matter.
    ///
    /// Measured with the VAE of TI2V-5B on an NVIDIA H100: single frames take a tenth longer than
    /// several, and half as much memory. A laptop's GPU has enough to do with one.
    pub fn fastest() -> Result<Self> {
        let frames = if Backend::current()? == Backend::Cuda {
            2
        } else {
            1
        };
        Ok(Self {
            frames,
            ..Self::WHOLE
        })
    }

    /// The fastest one whose pictures are cut into as many tiles from top to bottom as from left to right: who needs
    /// tiles has no memory for several frames.
    pub fn cut(tiles: i32) -> Result<Self> {
        if tiles == 1 {
            return Self::fastest();
        }
        Ok(Self {
            rows: tiles,
            columns: tiles,
            ..Self::WHOLE
        })
    }

    /// What `work` makes of `x` (t, h, w, in), of which it sees one tile after the other.
    pub(super) fn each(
        self,
        x: &Array,
        mut work: impl FnMut(&Array) -> Result<Array>,
    ) -> Result<Array> {
        let columns = spans(x.dim(2), self.columns);
        let rows = spans(x.dim(1), self.rows).into_iter().map(|row| {
            let tiles = columns.iter().map(|column| {
                let tile = x.try_index((.., row.seen.clone(), column.seen.clone()))?;
                let made = work(&tile)?;
                let kept = (row.kept(made.dim(1)), column.kept(made.dim(2)));
                let kept = made.try_index((.., kept.0, kept.1))?.contiguous()?;
                kept.eval()?;
                Ok(kept)
            });
            join(&tiles.collect::<Result<Vec<_>>>()?, 2)
        });
        join(&rows.collect::<Result<Vec<_>>>()?, 1)
    }
}

/// A part of an axis.
struct Span {
    seen: Range<i32>,
    kept: Range<i32>,
}

impl Span {
    /// What is kept of the `length` pixels that were made of those seen.
    fn kept(&self, length: i32) -> Range<i32> {
        let seen = self.seen.end - self.seen.start;
        let made = |pixel: i32| (pixel - self.seen.start) * length / seen;
        made(self.kept.start)..made(self.kept.end)
    }
}

/// An axis in `count` about equal parts.
fn spans(length: i32, count: i32) -> Vec<Span> {
    let count = count.clamp(1, (length / STEP).max(1));
    let cut = |i: i32| {
        if i == count {
            length
        } else {
            length * i / count / STEP * STEP
        }
    };
    let span = |i: i32| Span {
        seen: (cut(i) - REACH).max(0)..(cut(i + 1) + REACH).min(length),
        kept: cut(i)..cut(i + 1),
    };
    (0..count).map(span).collect()
}

fn join(parts: &[Array], axis: i32) -> Result<Array> {
    match parts {
        [only] => Ok(only.clone()),
        parts => Ok(concatenate(parts, axis)?),
    }
}
