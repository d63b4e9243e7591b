//! What causal convolutions remember from one chunk of a clip to the next.

use std::collections::VecDeque;
use std::mem;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::zeros_dtype;
use mlx_rs::transforms::eval;

use super::Strip;
use crate::Result;

/// The last frames that each causal convolution has seen, one slot for each in the order in which
/// they run. Before the first chunk the past is black: zeros.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `feat_cache` and `feat_idx`.
#[derive(Default)]
pub struct Cache {
    /// In pieces (t, h, w, c), oldest first; none while the past is zeros.
    slots: Vec<Vec<Array>>,
    next: usize,
    /// What of the pictures passes here, where it is not all.
    strip: Option<Strip>,
}

impl Cache {
    /// For a strip of the pictures.
    pub fn of_strip(strip: Option<Strip>) -> Self {
        Self {
            strip,
            ..Self::default()
        }
    }

    /// What of the pictures passes here, where it is not all.
    pub fn strip(&self) -> Option<&Strip> {
        self.strip.as_ref()
    }

    /// Starts another pass over the layers, for the next chunk.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// Where the pass is, to come back to.
    pub fn position(&self) -> usize {
        self.next
    }

    /// Goes back to a `position` of this pass, for the next part of the chunk.
    pub fn return_to(&mut self, position: usize) {
        self.next = position;
    }

    /// Whether no chunk has passed here before, for a layer that treats the first one differently.
    pub fn is_first_chunk(&self) -> bool {
        self.next >= self.slots.len()
    }

    /// Leaves the layer's slot empty: its past is still zeros when the next chunk comes.
    pub fn skip(&mut self) {
        self.slot();
    }

    /// A clip of the last `frames` frames of the past and then `x` (t, h, w, c), in pieces. Its last
    /// frames become the past.
    ///
    /// They are computed here: an array that is not holds the whole graph behind it.
    pub fn extend(&mut self, x: &Array, frames: i32) -> Result<Vec<Array>> {
        let slot = self.slot();
        let mut clip = mem::take(slot);
        if clip.is_empty() {
            clip.push(zeros_dtype(
                &[frames, x.dim(1), x.dim(2), x.dim(3)],
                x.dtype(),
            )?);
        }
        clip.push(x.clone());
        *slot = last(&clip, frames)?;
        eval(slot.iter().chain([x]))?;
        Ok(clip)
    }

    /// The next layer's slot.
    fn slot(&mut self) -> &mut Vec<Array> {
        if self.is_first_chunk() {
            self.slots.push(Vec::new());
        }
        self.next += 1;
        &mut self.slots[self.next - 1]
    }
}

/// The last `frames` frames of a clip in pieces. What is a part of a piece is copied out of it: a
/// slice would keep the whole piece in memory.
fn last(clip: &[Array], mut frames: i32) -> Result<Vec<Array>> {
    let mut pieces = VecDeque::new();
    for piece in clip.iter().rev() {
        let surplus = piece.dim(0) - frames;
        if surplus == piece.dim(0) {
            break;
        }
        pieces.push_front(if surplus > 0 {
            piece.try_index(surplus..)?.contiguous()?
        } else {
            piece.clone()
        });
        frames -= pieces[0].dim(0);
    }
    Ok(pieces.into())
}
