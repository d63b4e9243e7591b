//! What causal convolutions remember from one chunk of a clip to the next.

use std::mem;

use mlx_rs::Array;
use mlx_rs::ops::indexing::TryIndexOp;
use mlx_rs::ops::zeros_dtype;
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

    /// The frames of `x` (t, h, w, c), each on its own, after the last `frames` of the past, which
    /// they then become the past of.
    ///
    /// They are computed here, and copied out of larger arrays: a slice would keep the whole chunk
    /// alive, and an unevaluated one the whole graph behind it.
    pub fn extend(&mut self, x: &Array, frames: usize) -> Result<Vec<Array>> {
        let slot = self.slot();
        let mut all = mem::take(slot);
        if all.is_empty() {
            let black = zeros_dtype(&[1, x.dim(1), x.dim(2), x.dim(3)], x.dtype())?;
            all.resize(frames, black);
        }
        for i in 0..x.dim(0) {
            all.push(x.try_index(i..i + 1)?.contiguous()?);
        }
        eval(&all)?;
        *slot = all[all.len() - frames..].to_vec();
        Ok(all)
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
