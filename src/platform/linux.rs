//! A Linux desktop: notifications, but neither a menu bar nor a dock of its own.

use std::path::Path;

use super::{ID, Recent};

/// Files to open come as arguments.
pub fn listen() {}

pub fn notify(title: &str, body: &str) {
    let mut notification = notify_rust::Notification::new();
    notification
        .appname("Zoetrope")
        .icon(ID)
        .summary(title)
        .body(body);
    // Without a desktop there is nobody to tell.
    let _ = notification.show();
}

pub fn show_progress(_: Option<f32>) {}

pub fn hide() {}

pub fn note_recent(_: &Path) {}

pub fn forget_recent() {}

/// The window has its own controls, and shortcuts come from the keyboard.
pub struct Menus;

#[expect(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "it has the face of the bar that there is elsewhere"
)]
impl Menus {
    pub fn new(
        _: Vec<super::menu::Item>,
        _: &dyn Fn(&'static str) -> String,
    ) -> crate::Result<Self> {
        Ok(Self)
    }

    pub fn enable(&self, _: usize, _: bool) {}

    pub fn show_recent(&self, _: &Recent) {}
}
