//! A word to a user who has gone to another window.

use std::sync::Once;
use std::thread;

use super::native;

/// Has the system ask the user whether notifications may be shown, while somebody is there to answer: else the question would
/// come in the place of the first one. Only the first call counts.
pub fn ask_to_notify() {
    static ASKED: Once = Once::new();
    ASKED.call_once(|| {
        let thread = thread::Builder::new().name("notification".into());
        // Then it is asked with the first notification.
        let _ = thread.spawn(native::may_notify);
    });
}

/// Shows a notification. Where notifications are off or do not exist, nothing happens.
///
/// The system may take its time, and at the first time ask the user: that happens on a thread of its own.
pub fn notify(title: &str, body: &str) {
    let (title, body) = (title.to_owned(), body.to_owned());
    let thread = thread::Builder::new().name("notification".into());
    // Without a thread to spare there are other worries than a notification.
    let _ = thread.spawn(move || native::notify(&title, &body));
}
