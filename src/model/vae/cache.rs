//! What causal convolutions remember from one chunk of a clip to the next.

use std::mem;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::{concatenate, zeros_dtype};
use mlx_rs::transforms::eval;

use crate::Result;

/// The last frames that each causal convolution has seen, one slot for each in the order in which
/// they run. Before the first chunk the past is black: zeros.
///
/// Wan2.2 `wan/modules/vae2_2.py`, `feat_cache` and `feat_idx`.
#[derive(Default)]
pub struct Cache {
    /// Each frame on its own, (1, h, w, c), oldest first; none while the past is zeros.
    slots: Vec<Vec<Array>>,
    next: usize,
}

impl Cache {
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

    /// `x` (t, h, w, c) with the last `frames` frames of the past in front, which it then becomes
    /// the past of.
    ///
    /// Both are computed here, and the past is copied out of larger arrays: a slice would keep the
    /// whole chunk alive, and an unevaluated one the whole graph behind it.
    pub fn extend(&mut self, x: &Array, frames: i32) -> Result<Array> {
        if frames == 0 {
            return Ok(x.clone());
        }
        let slot = self.slot();
        let mut past = mem::take(slot);
        if past.is_empty() {
            let black = zeros_dtype(&[1, x.dim(1), x.dim(2), x.dim(3)], x.dtype())?;
            past = (0..frames).map(|_| black.clone()).collect();
        }
        let parts: Vec<_> = past.iter().chain([x]).collect();
        let extended = concatenate(&parts, 0)?;
        for i in (x.dim(0) - frames).max(0)..x.dim(0) {
            past.push(x.try_index(i..i + 1)?.contiguous()?);
        }
        past.drain(..past.len() - frames as usize);
        eval(past.iter().chain([&extended]))?;
        *slot = past;
        Ok(extended)
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
