//! How far the work is, for a user who does not see the window.

use super::native;

/// Draws a bar over the program's icon in the dock, filled to `done` of 1; `None` takes it away. For the thread
/// of the window; where there is no dock that draws, nothing happens.
pub fn show_progress(done: Option<f32>) {
    native::show_progress(done.map(|done| done.clamp(0.0, 1.0)));
}
