//! The *budget* is how much one dispatch may compute.
//!
//! macOS kills a command buffer that keeps the GPU for a few seconds, and much sooner while the display is on; and the
//! window, which draws on the same GPU, stands still for as long as a dispatch lasts. MLX leaves it to the program to cut
//! what is too large ([mlx#3302](https://github.com/ml-explore/mlx/issues/3302)).

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a window is to be seen that draws on the same GPU.
static WINDOW_VISIBLE: AtomicBool = AtomicBool::new(false);

/// Tells whether the window is to be seen. Dispatches are shorter from then on, or may be longer again.
pub fn set_window_visible(yes: bool) {
    WINDOW_VISIBLE.store(yes, Ordering::Relaxed);
}

/// What [`set_window_visible`] was told last.
pub fn window_is_visible() -> bool {
    WINDOW_VISIBLE.load(Ordering::Relaxed)
}

/// The most multiply-adds of a dispatch, steered by how long dispatches last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    multiply_adds: u64,
    target: f64,
}

impl Budget {
    /// Below this a part computes too little to keep a GPU busy. An M1 needs 17 ms for it.
    pub const FLOOR: u64 = 1 << 34;
    /// Above this nothing is gained: an M3 Ultra needs a second for it.
    pub const CEILING: u64 = 1 << 43;
    /// Where a job starts whose window is not to be seen: 70 ms on an M1.
    const START: u64 = 1 << 36;

    /// How long a dispatch should last while the window is visible, in seconds: it draws on the same GPU.
    pub const VISIBLE: f64 = 0.05;
    /// How long otherwise.
    pub const HIDDEN: f64 = 0.2;

    /// What a job starts with, and aims at. While the window is visible not even the first dispatch may freeze it.
    pub fn starting(window_visible: bool) -> Self {
        let (multiply_adds, target) = if window_visible {
            (Self::FLOOR, Self::VISIBLE)
        } else {
            (Self::START, Self::HIDDEN)
        };
        Self {
            multiply_adds,
            target,
        }
    }

    /// No limit but the ceiling, for GPUs on which nothing is drawn.
    pub fn unlimited() -> Self {
        Self::fixed(Self::CEILING)
    }

    /// Always as much.
    pub fn fixed(multiply_adds: u64) -> Self {
        Self {
            multiply_adds,
            target: f64::INFINITY,
        }
    }

    /// The same budget once the window has appeared or gone.
    #[must_use]
    pub fn aiming(self, window_visible: bool) -> Self {
        let fresh = Self::starting(window_visible);
        if self.target.is_infinite() || self.target.total_cmp(&fresh.target).is_eq() {
            return self;
        }
        Self {
            multiply_adds: self.multiply_adds.min(fresh.multiply_adds),
            ..fresh
        }
    }

    /// The most multiply-adds of a dispatch at the moment.
    pub fn multiply_adds(self) -> u64 {
        self.multiply_adds
    }

    /// What comes next after a dispatch of `multiply_adds` took `seconds`: double if a full one would last less than half
    /// the target, half if it would last longer than the target.
    #[must_use]
    pub fn after(self, multiply_adds: u64, seconds: f64) -> Self {
        if self.target.is_infinite() {
            return self;
        }
        let full = seconds * self.multiply_adds as f64 / multiply_adds.max(1) as f64;
        let next = if full > self.target {
            self.multiply_adds / 2
        } else if full < self.target / 2.0 {
            self.multiply_adds * 2
        } else {
            self.multiply_adds
        };
        Self {
            multiply_adds: next.clamp(Self::FLOOR, Self::CEILING),
            ..self
        }
    }

    /// A quarter of it, after the system has killed a dispatch.
    #[must_use]
    pub fn quartered(self) -> Self {
        Self {
            multiply_adds: (self.multiply_adds / 4).max(Self::FLOOR),
            ..self
        }
    }

    /// How many of `count` indices fit into a dispatch, each of which takes `multiply_adds`: a multiple of `grain`, and one
    /// grain at least.
    pub fn indices(self, count: u64, multiply_adds: u64, grain: u64) -> u64 {
        let fitting = self.multiply_adds / multiply_adds.max(1);
        let whole = fitting / grain * grain;
        whole.max(grain).min(count.max(1))
    }
}
