//! How often a tiny VAE may show what is being made: it is a courtesy, and the video comes first.

use std::time::Duration;

/// Keeps count of what previews have cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreviewPace {
    /// When the last was made, counted from the first step.
    last: Duration,
    /// What all of them took.
    spent: Duration,
    /// What one takes, once that is known.
    cost: Option<Duration>,
}

/// The shortest time between two.
const LEAST: Duration = Duration::from_secs(1);
/// All of them take no more than one part in so many of the steps' time.
const SHARE: u32 = 20;

impl PreviewPace {
    /// Whether there may be one at the time `now`, counted from the first step with everything. What one takes is not
    /// known before it was tried on a part.
    pub fn is_due(&self, now: Duration) -> bool {
        let steps = now.saturating_sub(self.spent);
        let cost = self.cost.unwrap_or_default();
        now.saturating_sub(self.last) >= LEAST && (self.spent + cost) * SHARE <= steps
    }

    /// Whether one was tried.
    pub fn is_known(&self) -> bool {
        self.cost.is_some()
    }

    /// One `part` of so many was made, from `begun` to `ended`.
    pub fn note(&mut self, begun: Duration, ended: Duration, parts: u32) {
        let took = ended.saturating_sub(begun);
        self.spent += took;
        self.cost = Some(took * parts);
        self.last = ended;
    }
}
