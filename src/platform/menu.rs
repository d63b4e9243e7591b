//! The menu bar as plain data, and the bar itself where the platform has one.
//!
//! The items and their shortcuts are the same everywhere. Where there is a menu bar it takes the keys before
//! the window does; elsewhere the window reads [`Item::shortcut`].

use super::{Recent, native};
use crate::error::Result;

/// What a menu item asks of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Settings,
    Quit,
    New,
    Open,
    ClearRecent,
    Export,
    Reveal,
    Trash,
    Generate,
    Pause,
    StopAndKeep,
    Reel,
    AllClips,
    Help,
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

impl Item {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Settings,
        Self::Quit,
        Self::New,
        Self::Open,
        Self::ClearRecent,
        Self::Export,
        Self::Reveal,
        Self::Trash,
        Self::Generate,
        Self::Pause,
        Self::StopAndKeep,
        Self::Reel,
        Self::AllClips,
        Self::Help,
    ];

    /// What the menu says, in English and as Macs write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Settings => "Settings…",
            Self::Quit => "Quit Zoetrope",
            Self::New => "New Video",
            Self::Open => "Open…",
            Self::ClearRecent => "Clear Menu",
            Self::Export => "Export…",
            Self::Reveal => "Show in Finder",
            Self::Trash => "Move to Trash",
            Self::Generate => "Generate",
            Self::Pause => "Pause",
            Self::StopAndKeep => "Stop and Keep",
            Self::Reel => "Show Reel",
            Self::AllClips => "All Clips",
            Self::Help => "Zoetrope Help",
        }
    }

    /// The keys that do the same.
    pub const fn shortcut(self) -> Option<Shortcut> {
        let (key, shift) = match self {
            Self::Settings => ("Comma", false),
            Self::Quit => ("Q", false),
            Self::New => ("N", false),
            Self::Open => ("O", false),
            Self::Export => ("E", false),
            Self::Reveal => ("R", true),
            Self::Trash => ("Backspace", false),
            Self::Generate => ("Enter", false),
            Self::Pause => ("P", false),
            Self::StopAndKeep => ("Period", false),
            Self::Reel => ("J", false),
            Self::AllClips => ("L", false),
            Self::ClearRecent | Self::Help => return None,
        };
        Some(Shortcut { key, shift })
    }
}

/// The menu bar. It goes when this is dropped.
pub struct MenuBar(native::Menus);

impl MenuBar {
    /// Shows the bar. To be called once the window is there, on its thread. `translate` turns the English
    /// titles into the user's language.
    ///
    /// # Errors
    /// The system does not take it.
    pub fn show(translate: &dyn Fn(&'static str) -> String) -> Result<Self> {
        native::Menus::new(translate).map(Self)
    }

    /// Whether an item can be chosen.
    pub fn enable(&self, item: Item, enabled: bool) {
        self.0.enable(item, enabled);
    }

    /// Fills the menu of recent files.
    pub fn show_recent(&self, recent: &Recent) {
        self.0.show_recent(recent);
    }
}
