//! What work costs on a chip: how long it takes, in how many dispatches, and how long the longest of them keeps the GPU.
//!
//! An estimate: each operation takes as long as its multiply-adds at the rate of large products and, after these, its bytes
//! at that of memory. Nothing overlaps, and nothing waits.

use super::{Budget, Chip, Conv, ConvPath, MOST_SCRATCH, Number};

/// An operation of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op {
    /// All of its multiply-adds.
    pub multiply_adds: u64,
    /// What it reads and writes, in bytes.
    pub bytes: u64,
    /// The multiply-adds of the smallest part that it can be cut into.
    pub grain: u64,
    /// Those of the largest part, if memory sets a limit.
    pub most: u64,
}

impl Op {
    /// One that is one dispatch whatever it takes.
    pub fn whole(multiply_adds: u64, bytes: u64) -> Self {
        Self {
            multiply_adds,
            bytes,
            grain: multiply_adds,
            most: u64::MAX,
        }
    }

    /// One that is cut to the budget, in multiples of `grain` multiply-adds.
    pub fn cut(multiply_adds: u64, bytes: u64, grain: u64) -> Self {
        Self {
            grain: grain.max(1),
            ..Self::whole(multiply_adds, bytes)
        }
    }

    /// A convolution, in strips of rows: its input normalised and activated before, its output added to
    /// that of other frames after.
    pub fn convolution(conv: Conv, number: Number) -> Self {
        let multiply_adds = conv.multiply_adds(number);
        let pixels = conv.pictures * conv.height * conv.width;
        let passed = 3 * number.bytes() * pixels * (conv.inputs + conv.outputs);
        let rows = conv.rows_within(number, 0);
        let grain = multiply_adds / conv.height.max(1) * rows;
        let scratch = match conv.path(number) {
            ConvPath::Winograd { scratch } => scratch,
            _ => 0,
        };
        let bytes = passed + 2 * scratch;
        let strips = scratch.div_ceil(MOST_SCRATCH).max(1);
        Self {
            most: (multiply_adds / strips).max(grain),
            ..Self::cut(multiply_adds, bytes, grain)
        }
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// How long it takes in all.
    pub seconds: f64,
    /// In how many dispatches.
    pub dispatches: u64,
    /// How long the longest of them takes, in seconds.
    pub longest: f64,
}

impl Cost {
    /// The same so many times.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self {
            seconds: self.seconds * count as f64,
            dispatches: self.dispatches * count,
            longest: if count == 0 { 0.0 } else { self.longest },
        }
    }

    /// Both, one after the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            seconds: self.seconds + other.seconds,
            dispatches: self.dispatches + other.dispatches,
            longest: self.longest.max(other.longest),
        }
    }
}

/// Counts what operations cost on a chip.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    chip: Chip,
    window: bool,
    /// What has been counted.
    pub cost: Cost,
}

impl Meter {
    /// Nothing is counted yet. `window` says whether the window draws on the same GPU meanwhile.
    pub fn new(chip: Chip, window: bool) -> Self {
        Self {
            chip,
            window,
            cost: Cost::default(),
        }
    }

    /// Counts an operation in a type, so many times.
    pub fn add(&mut self, number: Number, op: Op, times: u64) {
        self.cost = self.cost.and(self.one(number, op).times(times));
    }

    fn one(&self, number: Number, op: Op) -> Cost {
        let computing = op.multiply_adds as f64 / self.chip.multiply_adds_per_second(number);
        let seconds = computing + op.bytes as f64 / self.chip.bytes_per_second();
        if op.grain >= op.multiply_adds {
            return Cost {
                seconds,
                dispatches: 1,
                longest: seconds,
            };
        }
        let budget = settled(self.window, seconds / op.multiply_adds as f64).min(op.most);
        let part = (budget / op.grain * op.grain).clamp(op.grain, op.multiply_adds);
        Cost {
            seconds,
            dispatches: op.multiply_adds.div_ceil(part),
            longest: seconds * part as f64 / op.multiply_adds as f64,
        }
    }
}

/// The multiply-adds that dispatches come to have, each of which takes so long.
fn settled(window: bool, seconds_each: f64) -> u64 {
    /// From the floor to the ceiling it takes nine.
    const CHANGES: usize = 16;
    let mut budget = Budget::starting(window);
    for _ in 0..CHANGES {
        let full = budget.multiply_adds();
        budget = budget.after(full, full as f64 * seconds_each);
    }
    budget.multiply_adds()
}
