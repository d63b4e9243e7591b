//! How much of the machine's memory is in use.

use sysinfo::{MemoryRefreshKind, System};

/// It is looked at again after so many seconds.
const STALE: f64 = 2.0;

/// The latest look at the memory.
#[derive(Debug, Default)]
pub struct Memory {
    system: Option<System>,
    looked: Option<f64>,
}

impl Memory {
    /// All there is, in bytes, as it was looked at last.
    pub fn total(&self) -> u64 {
        self.system.as_ref().map_or(0, System::total_memory)
    }

    /// (used, all there is), in bytes, at the time `now` in seconds.
    pub fn at(&mut self, now: f64) -> Option<(u64, u64)> {
        if self.looked.is_none_or(|looked| now - looked > STALE) {
            self.looked = Some(now);
            if self.system.is_none() {
                self.system = System::new().ok();
            }
            if let Some(system) = &mut self.system {
                let ram = MemoryRefreshKind::nothing().with_ram();
                system.refresh_memory_specifics(ram);
            }
        }
        let system = self.system.as_ref()?;
        Some((system.used_memory(), system.total_memory())).filter(|(_, all)| *all > 0)
    }
}
