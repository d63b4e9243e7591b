//! A word to a user who has gone to another window.

use std::thread;

use super::native;

/// Shows a notification. Where notifications are off or do not exist, nothing happens.
///
/// The system may take its time, and at the first time ask the user: that happens on a thread of its own.
pub fn notify(title: &str, body: &str) {
    let (title, body) = (title.to_owned(), body.to_owned());
    let thread = thread::Builder::new().name("notification".into());
    // Without a thread to spare there are other worries than a notification.
    let _ = thread.spawn(move || native::notify(&title, &body));
}
