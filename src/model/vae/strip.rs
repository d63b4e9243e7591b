//! Pictures may be decoded in *strips* by several processes, each of which has some columns of every picture.
//!
//! Before a convolution each process gets the columns beside its own from its neighbours, so that what it makes of its own
//! is what a convolution of the whole makes there: strips have no seams.

use std::rc::Rc;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros_like};

use crate::Result;
use crate::group::{Group, Share};

/// The columns that this process has.
#[derive(Clone)]
pub struct Strip {
    group: Rc<dyn Group>,
    share: Share,
}

impl Strip {
    /// About as many of these columns of latents as each other process has.
    pub fn of(group: Rc<dyn Group>, columns: i32) -> Self {
        let share = Share::of(Rc::clone(&group), columns);
        Self { group, share }
    }

    /// Latents (t, h, w, c) → those of the strip.
    pub(super) fn cut(&self, latents: &Array) -> Result<Array> {
        self.share.cut(latents, 2)
    }

    /// (t, h, columns, c) → (t, h, w, c): at the size of latents, what all processes have.
    pub(super) fn whole(&self, own: &Array) -> Result<Array> {
        self.share.whole(own, 2)
    }

    /// The same at any multiple of their size.
    pub(super) fn picture(&self, own: &Array) -> Result<Array> {
        let (frames, height, width, channels) = (own.dim(0), own.dim(1), own.dim(2), own.dim(3));
        let columns = self.share.own().len() as i32;
        let folded = own.reshape(&[frames, height, columns, width / columns * channels])?;
        let whole = self.share.whole(&folded, 2)?;
        Ok(whole.reshape(&[frames, height, -1, channels])?)
    }

    /// (t, h, w, c) → (t, h, 1 + w + 1, c): with the columns beside them, black at the edges of the picture.
    pub(super) fn with_edges(&self, x: &Array) -> Result<Array> {
        let last = x.dim(2) - 1;
        let first = x.try_index((.., .., ..1))?;
        let own = concatenate(&[&first, &x.try_index((.., .., last..))?], 2)?;
        let all = self
            .group
            .gather(&own)?
            .split_equal(self.group.size() as i32, 0)?;
        let rank = self.group.rank();
        let before = rank.checked_sub(1).and_then(|rank| all.get(rank));
        let before = match before {
            Some(edges) => edges.try_index((.., .., 1..))?,
            None => zeros_like(&first)?,
        };
        let after = match all.get(rank + 1) {
            Some(edges) => edges.try_index((.., .., ..1))?,
            None => zeros_like(&first)?,
        };
        Ok(concatenate(&[&before, x, &after], 2)?)
    }

    /// (t, h, n + w + n, c) → (t, h, w, c)
    pub(super) fn without_edges(x: &Array, columns: i32) -> Result<Array> {
        Ok(x.try_index((.., .., columns..x.dim(2) - columns))?)
    }
}
