//! What the window does where the driver takes nothing from this process any more: another one goes on with all that waits.

use egui::{Context, ViewportCommand};

use super::{App, StartAnew};

/// Whether the program can be started anew, and whether it was.
pub(super) struct Restart {
    /// What starts the program anew. Where this one was started so already, another would fare no better.
    pub start: Option<StartAnew>,
    /// Whether another one goes on: nothing begins in this one any more.
    pub is_done: bool,
    /// Whether this one goes on with what waits, once that is known.
    pub goes_on: bool,
}

impl Restart {
    /// It was not.
    pub fn new(start: Option<StartAnew>, goes_on: bool) -> Self {
        Self {
            start,
            is_done: false,
            goes_on,
        }
    }
}

impl App {
    /// Starts the program anew, once, and closes this one.
    pub(super) fn start_anew(&mut self, ctx: &Context) {
        let Some(start) = self.restart.start.take() else {
            return;
        };
        match start() {
            Ok(()) => {
                self.restart.is_done = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
            Err(error) => self.warn(&error),
        }
    }
}
