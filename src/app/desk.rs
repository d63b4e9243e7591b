//! What lies beside the form: styles, sweeps, what holds the queue, and models that may come.

use super::advice::Advice;
use super::hold::Hold;
use super::styles::Styles;
use crate::job::Wanted;
use crate::view::action::SweepDraft;

/// The state of all that.
#[derive(Debug, Default)]
pub struct Desk {
    /// What holds the work.
    pub hold: Hold,
    /// Named sets of settings.
    pub styles: Styles,
    /// What was written for a sweep.
    pub batch: SweepDraft,
    /// Which models run here.
    pub advice: Advice,
    /// What comes after the download at hand.
    pub to_download: Vec<Wanted>,
}
