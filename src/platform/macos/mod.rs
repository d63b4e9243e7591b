//! The Mac's own manners, through Apple's frameworks.

mod alert;
mod clipboard;
mod delegate;
mod dock;
mod editing;
mod files;
mod menu_bar;
mod methods;
mod pictures;
mod power;
mod proxy;
mod recent;
mod typing;
mod window;

pub use alert::alert;
pub use clipboard::clipboard;
pub use dock::{hide, show_progress};
pub use files::{keep_out_of_backups, open, reveal, room, trash};
pub use menu_bar::Menus;
pub use pictures::{picture, picture_size};
pub use power::{chip, idle, on_battery, on_memory_pressure, slowed, tastes};
pub use proxy::proxy;
pub use recent::{forget_recent, note_recent};
pub use window::{
    buttons_end, clicks, double_click_on_bar, is_dark, order_out, show_other, unveil, veil,
};

/// Listens to what the system asks, before there is a window.
pub fn listen() {
    typing::repeat_keys();
    window::forbid_tabs();
    delegate::listen();
}

/// Whether notifications may be shown. The system asks the user, once.
pub fn may_notify() -> bool {
    mac_usernotifications::blocking::request_auth() == Ok(true)
}

pub fn notify(title: &str, body: &str) {
    if may_notify() {
        // A notification that is not shown is no loss: the window says the same.
        let _ = mac_usernotifications::Notification::new()
            .title(title)
            .message(body)
            .default_sound()
            .send_blocking();
    }
}
