//! The Mac's own manners, through Apple's frameworks.

mod delegate;
mod dock;
mod editing;
mod menu_bar;
mod methods;
mod recent;

pub use delegate::listen;
pub use dock::{hide, show_progress};
pub use menu_bar::Menus;
pub use recent::{forget_recent, note_recent};

/// The system asks the user once whether it may.
pub fn notify(title: &str, body: &str) {
    if mac_usernotifications::blocking::request_auth() == Ok(true) {
        // A notification that is not shown is no loss: the window says the same.
        let _ = mac_usernotifications::Notification::new()
            .title(title)
            .message(body)
            .default_sound()
            .send_blocking();
    }
}
