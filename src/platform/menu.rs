//! The menu bar as plain data, and the bar itself where the platform has one.
//!
//! Which items the app has, what they are called and which keys do the same is the app's matter. Where there is a menu
//! bar, it takes the keys before the window does; elsewhere the window reads them itself.

use super::{Recent, native};
use crate::error::Result;

/// The menus, from left to right, by their English titles.
pub const MENUS: [&str; 8] = [
    "Zoetrope", "File", "Edit", "Video", "Playback", "View", "Window", "Help",
];

/// An item that the app adds to those that every Mac app has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// By which the app knows it when it is chosen.
    pub id: usize,
    /// What it is called, in the user's language.
    pub title: String,
    /// The menu that it stands in: one of [`MENUS`].
    pub menu: &'static str,
    /// Items with the same number stand together, with a line before those of the next.
    pub part: usize,
    /// The keys that do the same.
    pub shortcut: Option<Shortcut>,
}

/// Editing of text. The window hears of it itself, but where a menu bar takes the keys away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Edit {
    Undo,
    Redo,
    Cut,
    Copy,
    Paste,
    SelectAll,
}

/// A key to be pressed together with ⌘ (Ctrl elsewhere).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Its name, as in `N`, `Comma` or `Enter`.
    pub key: &'static str,
    /// With ⇧ as well.
    pub shift: bool,
}

/// The menu bar. It goes when this is dropped.
pub struct MenuBar(native::Menus);

impl MenuBar {
    /// Shows the bar with these items. To be called once the window is there, on its thread. `translate` turns the
    /// English titles of menus, and of what every Mac app has, into the user's language.
    ///
    /// # Errors
    /// The system does not take it.
    pub fn show(items: Vec<Item>, translate: &dyn Fn(&'static str) -> String) -> Result<Self> {
        native::Menus::new(items, translate).map(Self)
    }

    /// Whether the item with this number can be chosen.
    pub fn enable(&self, id: usize, enabled: bool) {
        self.0.enable(id, enabled);
    }

    /// Fills the menu of recent files.
    pub fn show_recent(&self, recent: &Recent) {
        self.0.show_recent(recent);
    }
}
