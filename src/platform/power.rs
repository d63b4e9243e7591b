//! What slows a machine down for a while, and what its user wants less of.

use std::time::Duration;

use super::native;

/// Why the machine computes more slowly than it can. What was measured meanwhile says little about other times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slowed {
    /// Low Power Mode is on.
    LowPower,
    /// It is hot.
    Hot,
}

/// What slows this machine down now, if anything does and it tells.
pub fn slowed() -> Option<Slowed> {
    native::slowed()
}

/// Whether the machine runs on its battery, as far as the system tells.
pub fn on_battery() -> bool {
    native::on_battery()
}

/// For how long nobody was at the machine, where the system tells.
pub fn idle() -> Option<Duration> {
    native::idle()
}

/// What the user has told the system about how things should look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tastes {
    /// Nothing moves that need not.
    pub less_motion: bool,
    /// Lines and texts stand out more.
    pub more_contrast: bool,
}

/// What the user has told the system.
pub fn tastes() -> Tastes {
    let (less_motion, more_contrast) = native::tastes();
    Tastes {
        less_motion,
        more_contrast,
    }
}
