//! A machine that falls asleep makes no video.

use super::ID;

/// While it lives, the system neither sleeps by itself nor slows the program down in the background. The
/// display may go dark.
pub struct Awake {
    _guard: Option<keepawake::KeepAwake>,
}

impl Awake {
    /// `reason` is shown by the system to those who ask what keeps it awake. Where the system cannot be asked,
    /// as without a desktop, nothing happens: the work is not worth less for it.
    pub fn start(reason: &str) -> Self {
        log::debug!("kept awake: {reason}");
        let guard = keepawake::Builder::default()
            .idle(true)
            .reason(reason)
            .app_name("Zoetrope")
            .app_reverse_domain(ID)
            .create();
        Self {
            _guard: guard
                .inspect_err(|error| {
                    log::warn!("The machine may fall asleep during the job: {error}");
                })
                .ok(),
        }
    }
}
