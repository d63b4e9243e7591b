//! A Linux desktop: notifications, but neither a menu bar nor a dock of its own.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::clipboard::Offer;
use super::power::Slowed;
use super::proxy::Settings;
use super::{ID, Recent};

/// Files to open come as arguments.
pub fn listen() {}

/// Nobody is asked here.
pub fn may_notify() -> bool {
    true
}

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

pub fn order_out() {}

/// What starts a program here reads its standard error.
pub fn alert(_: &str, _: &str) -> bool {
    false
}

/// The window library reads it by itself.
pub fn clipboard() -> Option<Offer> {
    None
}

pub fn trash(path: &Path) -> Result<Option<PathBuf>, String> {
    #[expect(clippy::disallowed_methods, reason = "on a Mac it would ask Finder")]
    let moved = trash::delete(path);
    moved.map(|()| None).map_err(|error| error.to_string())
}

pub fn reveal(path: &Path) -> Result<(), String> {
    opener::reveal(path).map_err(|error| error.to_string())
}

pub fn open(what: &str) -> Result<(), String> {
    opener::open(what).map_err(|error| error.to_string())
}

/// None of those that are known.
pub fn chip() -> Option<String> {
    None
}

/// Nothing is given up here to make room.
pub fn room(_: &Path) -> Option<u64> {
    None
}

#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub fn keep_out_of_backups(_: &Path) -> Result<(), String> {
    Ok(())
}

pub fn picture_size(_: &Path) -> Option<(u32, u32)> {
    None
}

pub fn picture(_: &Path) -> Option<(u32, u32, Vec<u8>)> {
    None
}

pub fn slowed() -> Option<Slowed> {
    None
}

/// Some supply says whether it is plugged in, or a battery that it is used up.
pub fn on_battery() -> bool {
    let supplies = std::fs::read_dir("/sys/class/power_supply")
        .into_iter()
        .flatten();
    let says = |file: PathBuf, what: &str| {
        let told = std::fs::read_to_string(file).unwrap_or_default();
        told.trim() == what
    };
    let folders: Vec<PathBuf> = supplies
        .filter_map(|supply| Some(supply.ok()?.path()))
        .collect();
    let is_plugged = folders
        .iter()
        .any(|folder| says(folder.join("online"), "1"));
    let is_used = folders
        .iter()
        .any(|folder| says(folder.join("status"), "Discharging"));
    is_used && !is_plugged
}

/// Each desktop has a way of its own; what is known is when the window was touched.
pub fn idle() -> Option<Duration> {
    None
}

/// Nobody tells.
pub fn tastes() -> (bool, bool) {
    (false, false)
}

pub fn on_memory_pressure(_: extern "C" fn(*mut c_void)) {}

/// The environment names it.
pub fn proxy() -> Settings {
    Settings::default()
}

pub fn veil(_: [f64; 3]) {}

pub fn unveil() {}

pub fn double_click_on_bar() {}

/// The window's buttons lie beside what we draw.
pub fn buttons_end() -> Option<f32> {
    None
}

pub fn clicks() -> Vec<(f32, f32)> {
    Vec::new()
}

pub fn is_dark() -> Option<bool> {
    None
}

pub fn show_other(_: &str) {}

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
