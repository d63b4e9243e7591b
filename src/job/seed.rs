//! Where a job's noise begins.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A seed that nobody chose, short enough to be typed again.
pub fn new_seed() -> u64 {
    // The standard library draws the keys of its hash maps at random.
    RandomState::new().build_hasher().finish() >> 32
}
