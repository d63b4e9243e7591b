//! How many arrays of a kind are there at once.

/// A number that differs where chains of elementwise operations are one kernel, and where they are not.
pub(super) struct Arrays {
    /// As on a GPU.
    pub(super) fused: u64,
    /// As on a processor, where MLX also makes some fifty operations ready before the first is done.
    pub(super) stepwise: u64,
}

impl Arrays {
    pub(super) const fn of(&self, fused: bool) -> u64 {
        if fused { self.fused } else { self.stepwise }
    }
}

/// Arrays of scores, where attention holds them. Step by step, their softmax has eight.
pub(super) const SCORE_ARRAYS: Arrays = Arrays {
    fused: 3,
    stepwise: 8,
};
/// The most scores of one array.
pub(super) const MOST_SCORES: u64 = 1 << 27;
