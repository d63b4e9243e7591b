//! What causal convolutions remember from one chunk of a clip to the next.

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
    slots: Vec<Option<Array>>,
    next: usize,
}

impl Cache {
    /// Starts another pass over the layers, for the next chunk.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// Whether no chunk has passed here before, for a layer that treats the first one differently.
    pub fn is_first_chunk(&self) -> bool {
        self.next >= self.slots.len()
    }

    /// Leaves the layer's slot empty: its past is still zeros when the next chunk comes.
    pub fn skip(&mut self) {
        if self.is_first_chunk() {
            self.slots.push(None);
        }
        self.next += 1;
    }

    /// `x` (t, h, w, c) with the last `frames` frames of the past in front, which it then becomes
    /// the past of.
    ///
    /// Both are computed here, and the past is copied out: a slice would keep the whole chunk
    /// alive, and an unevaluated one the whole graph behind it.
    pub fn extend(&mut self, x: &Array, frames: i32) -> Result<Array> {
        if frames == 0 {
            return Ok(x.clone());
        }
        if self.is_first_chunk() {
            self.slots.push(None);
        }
        let slot = &mut self.slots[self.next];
        self.next += 1;
        let past = match slot.take() {
            Some(past) => past,
            None => zeros_dtype(&[frames, x.dim(1), x.dim(2), x.dim(3)], x.dtype())?,
        };
        let extended = concatenate(&[&past, x], 0)?;
        let last = extended
            .try_index(extended.dim(0) - frames..)?
            .contiguous()?;
        eval([&extended, &last])?;
        *slot = Some(last);
        Ok(extended)
    }
}
