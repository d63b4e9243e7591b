//! A job *stalls* when it gives no sign for many times as long as it usually takes: MLX waits for the GPU without an end, and a
//! dispatch that got lost is never missed.

/// How long the signs of a job are apart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stall {
    /// When the last one came, in seconds of any clock.
    last: Option<f64>,
    /// The longest time between two.
    longest: f64,
    told: bool,
}

/// It has stalled after so many times the usual, ...
const TIMES: f64 = 10.0;
/// ... and never sooner than after so many seconds: networks are loaded, and disks sleep.
const LEAST: f64 = 600.0;

impl Stall {
    /// A sign came at `now`.
    pub fn note(&mut self, now: f64) {
        if let Some(last) = self.last.replace(now) {
            self.longest = self.longest.max(now - last);
        }
        self.told = false;
    }

    /// From `now` on it is counted anew: a pause is no stall.
    pub fn pause(&mut self, now: f64) {
        self.last = Some(now);
    }

    /// How many seconds there was no sign, if that is worth a word; once until the next sign.
    pub fn look(&mut self, now: f64) -> Option<f64> {
        let silent = now - self.last?;
        let is_stalled = silent > LEAST.max(TIMES * self.longest);
        let tells = is_stalled && !self.told;
        self.told |= is_stalled;
        tells.then_some(silent)
    }
}
