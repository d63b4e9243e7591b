//! The window where it is to behave as the system's own programs do.

use super::native;

/// What a double click on a title bar does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubleClick {
    /// The window becomes as large as suits it, or as it was.
    Zoom,
    /// It goes to the dock.
    Minimize,
    /// Nothing.
    Nothing,
}

/// What the user's `setting`, `AppleActionOnDoubleClick`, stands for. Without one it is the usual.
pub fn double_click(setting: Option<&str>) -> DoubleClick {
    match setting {
        Some("Minimize") => DoubleClick::Minimize,
        Some("None") => DoubleClick::Nothing,
        // "Maximize", and what later systems add, such as "Fill".
        _ => DoubleClick::Zoom,
    }
}

/// How long a window that has nothing to show is kept out of sight at most, in seconds.
const LONGEST: f64 = 1.0;

/// The window is shown once something was drawn into it; the first pass is painted before there is anything to paint on.
#[derive(Debug, Default)]
pub struct Veil {
    passes: u32,
    since: Option<f64>,
    is_gone: bool,
}

impl Veil {
    /// Takes note of a pass at `now`, in seconds, and tells whether the window is to be shown now: once.
    pub fn lift(&mut self, now: f64, occluded: Option<bool>) -> bool {
        if self.is_gone {
            return false;
        }
        self.passes += 1;
        let since = *self.since.get_or_insert(now);
        self.is_gone = (self.passes > 2 && occluded == Some(false)) || now - since >= LONGEST;
        self.is_gone
    }

    /// Whether it is still to be lifted.
    pub fn is_there(&self) -> bool {
        !self.is_gone
    }
}

/// Keeps the window from being seen until it is [`unveil`]ed, and puts it where it was the last time. Its ground is of this
/// color, red, green and blue from 0 to 1.
pub fn veil(ground: [f64; 3]) {
    native::veil(ground);
}

/// Lets the window be seen.
pub fn unveil() {
    native::unveil();
}

/// Does what a double click on the title bar does in the windows of this user.
pub fn double_click_on_bar() {
    native::double_click_on_bar();
}

/// How far the window's own buttons reach into our bar, in the system's points, where they lie on it.
pub fn buttons_end() -> Option<f32> {
    native::buttons_end()
}

/// Whether the system is dark, whatever the window is, where it tells.
pub fn is_dark() -> Option<bool> {
    native::is_dark()
}

/// Where the pointer's buttons were pressed and let go since the last time, in the system's points from the upper left
/// corner, where the system has told.
pub fn clicks() -> Vec<(f32, f32)> {
    native::clicks()
}

/// Brings the window of another process of this program to the front.
pub fn show_other() {
    native::show_other(super::ID);
}

/// Takes the windows off the screen before they end.
pub fn order_out() {
    native::order_out();
}
