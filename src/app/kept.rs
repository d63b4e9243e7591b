//! The networks that stay in memory for the next video, and when they go.

use std::time::Duration;

use super::App;
use crate::engine::ask_to_let_go;
use crate::job::Command;

/// Without a job they go after so long.
pub const KEPT_FOR: Duration = Duration::from_mins(5);

/// Less than this is wanted by whatever is in front on a Mac.
const LITTLE: u64 = 32 << 30;

/// Whether they go as soon as nobody sees the window: on Macs with little memory, which programs share with the GPU. `memory`
/// is all that the machine has, in bytes, or 0 where nobody has looked yet.
pub fn goes_hidden(is_mac: bool, memory: u64) -> bool {
    is_mac && (1..LITTLE).contains(&memory)
}

impl App {
    /// Lets go of what is kept.
    pub(super) fn free_memory(&mut self) {
        if self.kept > 0 {
            // A job at work hears it between two steps, an engine at rest by the command.
            ask_to_let_go();
            // Without an engine there is nothing to let go of.
            let _ = self.commands.send(Command::LetGo);
            self.kept = 0;
        }
    }
}
