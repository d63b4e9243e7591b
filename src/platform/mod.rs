//! What a desktop offers besides a window: staying awake, notifications, a menu bar, the trash.
//!
//! The rest of the code knows no platform. What exists on one alone is in `macos/` or `linux.rs`, behind the
//! same names; that window and fonts follow light and dark is the window library's doing.

mod alert;
pub mod awake;
pub mod clipboard;
pub mod encoding;
mod ending;
mod events;
pub mod files;
mod local_time;
pub mod menu;
mod notification;
pub mod pictures;
mod plain;
pub mod power;
mod progress;
pub mod proxy;
mod recent;
pub mod typing;
pub mod window;

#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(not(target_os = "macos"), path = "linux.rs")]
mod native;

pub use alert::alert;
pub use awake::Awake;
pub use ending::on_end;
pub use events::{Event, Events, open, quit};
pub use local_time::ahead;
pub use menu::MenuBar;
pub use notification::{ask_to_notify, notify};
pub use plain::is_plain;
pub use progress::show_progress;
pub use recent::Recent;

/// The program's name in reverse, by which a desktop knows it; `Info.plist` and the `.desktop` file say the same.
pub const ID: &str = "app.zoetrope.Zoetrope";

/// Takes everything of the program off the screen; what shows it again is up to the user. Where a window cannot be hidden
/// from outside, nothing happens.
pub fn hide() {
    native::hide();
}

/// What the maker calls the chip of this machine, as in "Apple M3 Max", where the system tells.
pub fn chip() -> Option<String> {
    native::chip()
}

/// The language that the user prefers, such as `zh-Hans-CN`.
pub fn locale() -> Option<String> {
    sys_locale::get_locale()
}
